// What the race view's page and the extension say to each other.

export type FromPage =
  /** The step was selected; `open`: and the keyboard goes to its line. */
  | { readonly type: 'select' | 'open'; readonly step: number }
  | { readonly type: 'copy' }
  /** It is there, for the first time or again after it was hidden. */
  | { readonly type: 'ready' };

export type ToPage =
  | { readonly type: 'select'; readonly step: number }
  /** Shown above the steps, and spoken; empty: nothing. */
  | { readonly type: 'notice'; readonly text: string };
