// A finding as an LSP diagnostic: message, severity by confidence, both witnesses as related information.

import { DiagnosticSeverity, type Diagnostic, type DiagnosticRelatedInformation } from 'vscode-languageserver/node';

import type { Finding, Severity } from '../ide/finding.ts';
import { witnessChains, type NamedWitness } from '../ide/witnesses.ts';
import { uriOf } from './addresses.ts';
import { wireText, type WireText } from './encoding.ts';
import type { Session } from './session.ts';
import { absolutePath, type Tree } from './trees.ts';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Editors show these below the message: more than this many is a wall. */
const mostRelated = 6;

export function diagnosticOf(session: Session, tree: Tree, finding: Finding, wire: WireText): Diagnostic {
  const { client, world } = session;
  const address = client.codeDescription ? world.pageAddress(finding.rule) : undefined;
  return {
    range: { start: wire.toWire(finding.range.start), end: wire.toWire(finding.range.end) },
    severity: severities[finding.severity],
    code: finding.rule,
    ...(address === undefined ? {} : { codeDescription: { href: address } }),
    source: 'kreflens',
    message: finding.config === undefined ? finding.message : `${finding.message} (only with ${finding.config})`,
    ...(client.relatedInformation ? { relatedInformation: related(session, tree, finding) } : {}),
    ...(client.diagnosticData ? { data: finding } : {}),
  };
}

function related(session: Session, tree: Tree, finding: Finding): DiagnosticRelatedInformation[] {
  const { put, lookup, steps } = witnessChains(finding);
  const wires = new Map<string, WireText>();
  return fit([put, lookup, steps], mostRelated).flat().map(({ label, entry, text }) => {
    const wire = wires.get(entry.file) ?? textOf(session, tree, entry.file);
    wires.set(entry.file, wire);
    return { location: { uri: uriOf(absolutePath(tree, entry.file)), range: rangeOf(wire, entry) }, message: `${label}: ${text}` };
  });
}

/**
 * At most `most` entries in all: the longest chain loses first, from its middle, since its two ends (the reported call
 * and the primitive) say most.
 */
function fit(chains: readonly (readonly NamedWitness[])[], most: number): readonly (readonly NamedWitness[])[] {
  const total = chains.reduce((sum, chain) => sum + chain.length, 0);
  if (total <= most) return chains;
  const longest = chains.reduce((a, b) => (b.length > a.length ? b : a));
  const middle = longest.length >> 1;
  return fit(chains.map((chain) => (chain === longest ? chain.filter((_, index) => index !== middle) : chain)), most);
}

/** The witness's text in its line, or the line's start where it is spelled differently there. */
function rangeOf(wire: WireText, entry: NamedWitness['entry']) {
  const line = entry.line - 1;
  const content = wire.line(line);
  const found = content.indexOf(entry.text);
  const start = found === -1 ? content.length - content.trimStart().length : found;
  const end = found === -1 ? content.length : found + entry.text.length;
  return { start: wire.toWire({ line, character: start }), end: wire.toWire({ line, character: end }) };
}

/** The text of any file of the tree: the open document's, else the disk's. */
export function textOf(session: Session, tree: Tree, file: string): WireText {
  const open = session.documents.all().find(({ place }) => place.tree === tree && place.file === file);
  return open?.wire ?? wireText(tree.files.read(file) ?? '', session.client.encoding);
}
