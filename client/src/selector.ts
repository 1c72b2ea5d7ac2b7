// Which documents are ours: kernel C on disk. VS Code takes a `.h` for C++ unless told otherwise, hence the pattern.

export const SELECTOR: readonly { readonly scheme: string; readonly language: string; readonly pattern?: string }[] = [
  { scheme: 'file', language: 'c' },
  { scheme: 'file', language: 'cpp', pattern: '**/*.h' },
];
