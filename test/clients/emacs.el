;;; emacs.el --- Opens a file with eglot and does what a user does there  -*- lexical-binding: t -*-
;; Prints the answer as one line of JSON.

(require 'eglot)
(require 'json)

(defun kreflens-wait-until (what condition)
  "Let processes and timers run until CONDITION holds; say WHAT did not come after 20 s."
  (let ((end (+ (float-time) 20)))
    (while (and (not (funcall condition)) (< (float-time) end))
      (accept-process-output nil 0.05)
      ;; In batch nobody redisplays, which is what starts a check otherwise.
      (flymake-start))
    (unless (funcall condition) (error "No %s in 20 s" what))))

(defun kreflens-lsp-diagnostic (diagnostic)
  "The server's own words for a Flymake DIAGNOSTIC."
  (alist-get 'eglot-lsp-diag (flymake-diagnostic-data diagnostic)))

(defun kreflens-map (function list)
  "FUNCTION of each of LIST, as a vector."
  (vconcat (mapcar function list)))

(defun kreflens-session ()
  (eval (read (format "(progn %s)" (getenv "KREFLENS_SETUP"))))
  (setq eglot-sync-connect 30 eglot-autoshutdown nil)
  (find-file (getenv "KREFLENS_FILE"))
  (c-mode)
  (apply #'eglot (eglot--guess-contact))
  (kreflens-wait-until "diagnostics" #'flymake-diagnostics)
  (let* ((diagnostics (flymake-diagnostics))
         (first (car diagnostics))
         (server (eglot--current-server-or-lose))
         (seen (mapcar (lambda (one)
                         `((line . ,(1- (line-number-at-pos (flymake-diagnostic-beg one))))
                           (code . ,(plist-get (kreflens-lsp-diagnostic one) :code))
                           (message . ,(plist-get (kreflens-lsp-diagnostic one) :message))))
                       diagnostics))
         hover symbols callers actions)
    (goto-char (flymake-diagnostic-beg first))
    (setq hover (plist-get (jsonrpc-request server :textDocument/hover (eglot--TextDocumentPositionParams)) :contents))
    (setq symbols (kreflens-map (lambda (one) (plist-get one :name))
                                (jsonrpc-request server :workspace/symbol '(:query "lock:groups_lock"))))
    (save-excursion
      (re-search-backward "^static void group_put")
      (search-forward "void ")
      (let ((items (jsonrpc-request server :textDocument/prepareCallHierarchy (eglot--TextDocumentPositionParams))))
        (setq callers (kreflens-map (lambda (one) (format "%s: %s" (plist-get (plist-get one :from) :name) (plist-get (plist-get one :from) :detail)))
                                    (jsonrpc-request server :callHierarchy/incomingCalls `(:item ,(aref items 0)))))))
    (setq actions (eglot-code-actions (flymake-diagnostic-beg first) (flymake-diagnostic-end first)))
    (eglot--apply-workspace-edit (plist-get (car actions) :edit))
    ;; Sent by an idle timer otherwise, and a batch Emacs is never idle.
    (eglot--signal-textDocument/didChange)
    (kreflens-wait-until "diagnostics after the fix" (lambda () (< (length (flymake-diagnostics)) (length diagnostics))))
    `((diagnostics . ,(vconcat seen))
      (hover . ,(substring-no-properties (eglot--hover-info hover)))
      (symbols . ,symbols)
      (callers . ,callers)
      (actions . ,(vconcat (mapcar (lambda (one) (plist-get one :title)) actions)))
      (afterFix . ,(vconcat (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))))))

(setq debug-on-error nil)
(princ (concat "\n" (json-encode (kreflens-session)) "\n"))
(kill-emacs 0)
