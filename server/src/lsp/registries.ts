// kreflens/registries, and the same as workspace symbols for clients without a view of it: `lock:NAME`, `ref:NAME`.

import { SymbolKind, type SymbolInformation, type WorkspaceSymbolParams } from 'vscode-languageserver/node';

import type { RegistryPlace as Place, RegistryView } from '../ide/around.ts';
import { uriOf } from './addresses.ts';
import { textOf } from './diagnostic.ts';
import type { RegistriesParams, Registry, RegistryPlace } from './protocol.ts';
import type { Session } from './session.ts';
import { absolutePath, type Tree } from './trees.ts';

const actions = [['lookups', 'lookup'], ['gets', 'get'], ['puts', 'put'], ['unlinks', 'unlink']] as const;

export function registries(session: Session, { textDocument }: RegistriesParams): readonly Registry[] {
  return known(session, textDocument?.uri).map(({ tree, view }): Registry => {
    const wired = (places: readonly Place[]): readonly RegistryPlace[] =>
      places.map((place) => ({ uri: uriOf(absolutePath(tree, place.file)), ...place }));
    const { name, object, lookups, gets, puts, unlinks } = view;
    return { name, object, lookups: wired(lookups), gets: wired(gets), puts: wired(puts), unlinks: wired(unlinks) };
  });
}

/** Anything else than these two queries is left to the server that knows the language. */
export function workspaceSymbols(session: Session, { query }: WorkspaceSymbolParams): SymbolInformation[] {
  const asked = /^(lock|ref):\s*(\S*)/.exec(query);
  if (asked === null) return [];
  const [, kind, name = ''] = asked;
  const isMeant = (text: string): boolean => text.toLowerCase().includes(name.toLowerCase());
  const symbols = known(session, undefined).flatMap(({ tree, view }) => actions.flatMap(([list, action]) => view[list].flatMap((place) => {
    const meant = kind === 'lock' ? place.held.filter(isMeant) : [view.name, view.object].filter(isMeant);
    // The query comes first: clients filter what they get by what was typed.
    return meant.slice(0, 1).map((text) => symbol(session, tree, place, `${kind}:${text} ${action} ${place.text}`));
  })));
  return [...new Map(symbols.map((one) => [JSON.stringify(one), one])).values()];
}

function symbol(session: Session, tree: Tree, place: Place, name: string): SymbolInformation {
  const wire = textOf(session, tree, place.file);
  const line = place.line - 1;
  const content = wire.line(line);
  const held = place.held.length === 0 ? 'no lock held' : `${place.held.join(', ')} held`;
  return {
    name,
    kind: SymbolKind.Event,
    containerName: `${place.function}(), ${held}`,
    location: {
      uri: uriOf(absolutePath(tree, place.file)),
      range: {
        start: wire.toWire({ line, character: content.length - content.trimStart().length }),
        end: wire.toWire({ line, character: content.length }),
      },
    },
  };
}

interface Known {
  readonly generation: number;
  readonly files: string;
  readonly views: readonly RegistryView[];
}

/** The last answer for each tree: a view asks after every check, and most checks change nothing in it. */
const answers = new WeakMap<Tree, Known>();

function viewsOf(tree: Tree, files: readonly string[]): readonly RegistryView[] {
  const last = answers.get(tree);
  const key = files.join('\n');
  if (last?.generation === tree.generation && last.files === key) return last.views;
  const views = tree.workspace.around.registries(files);
  answers.set(tree, { generation: tree.generation, files: key, views });
  return views;
}

function known(session: Session, uri: string | undefined): readonly { readonly tree: Tree; readonly view: RegistryView }[] {
  const documents = session.documents.all().filter((document) => uri === undefined || document.uri === uri);
  const trees = [...new Set(documents.map(({ place }) => place.tree))];
  return trees.flatMap((tree) =>
    viewsOf(tree, documents.filter(({ place }) => place.tree === tree).map(({ place }) => place.file)).map((view) => ({ tree, view })));
}
