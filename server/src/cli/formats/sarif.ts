// SARIF 2.1.0: one code flow per finding with two thread flows, the CPU that puts and the CPU that looks up.

import type { ArtifactLocation, Log, Notification, Result, ThreadFlow } from 'sarif';

import type { Gap } from '../../base/gap.ts';
import type { Finding, Severity } from '../../ide/finding.ts';
import { catalogue, notices } from '../../ide/rule-catalogue.ts';
import { witnessChains, type NamedWitness } from '../../ide/witnesses.ts';
import { fingerprints, type Report } from './report.ts';

const levels: Readonly<Record<Severity, 'warning' | 'note'>> = { warning: 'warning', information: 'note', hint: 'note' };

/** All that a result may name. */
const reported = [
  ...catalogue.map(({ id, title, state }) => ({ id, title, enabled: state === 'stable' })),
  ...notices.map((notice) => ({ ...notice, enabled: true })),
];

export function sarif(report: Report): string {
  const ids = fingerprints(report.findings);
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kreflens',
            version: report.version,
            rules: reported.map(({ id, title, enabled }) => ({
              id,
              shortDescription: { text: title },
              defaultConfiguration: { level: 'warning', enabled },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: report.gaps.map(notification) }],
        results: report.findings.map((finding, index) => result(finding, ids[index] ?? '')),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function result(finding: Finding, fingerprint: string): Result {
  const { start, end } = finding.range;
  return {
    ruleId: finding.rule,
    ruleIndex: reported.findIndex(({ id }) => id === finding.rule),
    level: levels[finding.severity],
    message: { text: finding.message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifact(finding.file),
          region: { startLine: start.line + 1, startColumn: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 },
        },
        ...(finding.function === '' ? {} : { logicalLocations: [{ name: finding.function, kind: 'function' }] }),
      },
    ],
    ...codeFlows(finding),
    partialFingerprints: { 'kreflens/v1': fingerprint },
    properties: {
      confidence: finding.confidence,
      object: finding.object,
      lock: finding.lock,
      config: finding.config,
    },
  };
}

function codeFlows(finding: Finding): Pick<Result, 'codeFlows'> {
  const { put, lookup, steps } = witnessChains(finding);
  const flows = [threadFlow('CPU0', put), threadFlow('CPU1', lookup), threadFlow('steps', steps)].filter((flow) => flow.locations.length > 0);
  return flows.length === 0 ? {} : { codeFlows: [{ threadFlows: flows }] };
}

function threadFlow(id: string, witnesses: readonly NamedWitness[]): ThreadFlow {
  return {
    id,
    locations: witnesses.map(({ entry, text }) => ({
      location: {
        physicalLocation: { artifactLocation: artifact(entry.file), region: { startLine: entry.line } },
        logicalLocations: [{ name: entry.function, kind: 'function' }],
        message: { text },
      },
    })),
  };
}

function notification(gap: Gap): Notification {
  return {
    level: 'note',
    descriptor: { id: gap.kind },
    message: { text: gap.detail },
    locations: [{ physicalLocation: { artifactLocation: artifact(gap.file), region: { startLine: gap.line } } }],
  };
}

/** A path relative to the tree is a relative URI; an absolute one becomes a file URI. */
function artifact(file: string): ArtifactLocation {
  const encoded = file.split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? { uri: `file://${encoded}` } : { uri: encoded, uriBaseId: 'SRCROOT' };
}
