// What this client can do: its capabilities, read once and in one place.

import type { InitializeParams } from 'vscode-languageserver/node';

export type Encoding = 'utf-8' | 'utf-16';

export interface Client {
  readonly encoding: Encoding;
  /** It asks for diagnostics; else they are pushed. Exactly one of the two, for the whole session. */
  readonly pullsDiagnostics: boolean;
  readonly refreshesDiagnostics: boolean;
  readonly relatedInformation: boolean;
  readonly codeDescription: boolean;
  readonly diagnosticData: boolean;
  readonly markdownHover: boolean;
  /** Code actions as objects, not only as commands. */
  readonly codeActions: boolean;
  readonly disabledCodeActions: boolean;
  readonly preferredCodeActions: boolean;
  readonly versionedEdits: boolean;
  readonly watchesFiles: boolean;
  readonly workspaceFolders: boolean;
  readonly watchesSettings: boolean;
  /** It answers `workspace/configuration`. */
  readonly configuration: boolean;
  /** It asks again when told to. */
  readonly refreshes: { readonly inlayHints: boolean; readonly codeLenses: boolean };
  /** It shows the progress of work that it did not ask for. */
  readonly progress: boolean;
  /** It understands the `kreflens/status` notification. */
  readonly status: boolean;
}

export function readClient(params: InitializeParams): Client {
  const { general, textDocument, workspace } = params.capabilities;
  const diagnostics = { ...textDocument?.publishDiagnostics, ...textDocument?.diagnostic };
  const action = textDocument?.codeAction;
  return {
    encoding: chooseEncoding(general?.positionEncodings),
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport ?? false,
    relatedInformation: diagnostics.relatedInformation ?? false,
    codeDescription: diagnostics.codeDescriptionSupport ?? false,
    diagnosticData: diagnostics.dataSupport ?? false,
    markdownHover: textDocument?.hover?.contentFormat?.[0] === 'markdown',
    codeActions: action?.codeActionLiteralSupport !== undefined,
    disabledCodeActions: action?.disabledSupport ?? false,
    preferredCodeActions: action?.isPreferredSupport ?? false,
    versionedEdits: workspace?.workspaceEdit?.documentChanges ?? false,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    workspaceFolders: workspace?.workspaceFolders ?? false,
    watchesSettings: workspace?.didChangeConfiguration?.dynamicRegistration ?? false,
    configuration: workspace?.configuration ?? false,
    refreshes: {
      inlayHints: workspace?.inlayHint?.refreshSupport ?? false,
      codeLenses: workspace?.codeLens?.refreshSupport ?? false,
    },
    progress: params.capabilities.window?.workDoneProgress ?? false,
    status: params.initializationOptions?.status === true,
  };
}

/** The first in the client's order of preference that we speak; UTF-16 is the protocol's fall-back. */
function chooseEncoding(offered: readonly string[] | undefined): Encoding {
  return offered?.find((encoding) => encoding === 'utf-8' || encoding === 'utf-16') ?? 'utf-16';
}
