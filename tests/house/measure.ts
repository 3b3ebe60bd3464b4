import { type Measures, measure } from './measures.ts';
import { readSourceFiles } from './source-tree.ts';

// `pnpm measure` prints the table; `--list` adds the files and functions that break a bound.
const measures = await measure(await readSourceFiles());
process.stdout.write(`${formatTable(measures)}\n`);
if (process.argv.includes('--list')) {
  process.stdout.write(`\nUnder the floor:\n${measures.filesUnderFloor.join('\n')}\n`);
  process.stdout.write(`\nLong functions:\n${measures.longFunctions.join('\n')}\n`);
}

function formatTable(m: Measures): string {
  const rows: [string, string][] = [
    ['files · lines', `${m.files} · ${m.lines}`],
    ['files per 1,000 lines', m.filesPerThousandLines.toFixed(1)],
    ['file lines median / p90 / max', `${m.medianLines} / ${m.p90Lines} / ${m.longestFileLines}`],
    ['exports with one importer', `${m.singleImporterPercent.toFixed(1)} %`],
    ['conditional spreads', `${m.conditionalSpreads}`],
    [
      'conditional spreads per 1,000 lines',
      `${((m.conditionalSpreads / m.lines) * 1000).toFixed(1)}`,
    ],
    ['files under 25 lines, not an entry, one importer', `${m.filesUnderFloor.length}`],
    ['functions over 50 lines', `${m.longFunctions.length}`],
    ['exports without docstring', `${m.undocumentedPercent.toFixed(1)} %`],
    ['`as` per 1,000 lines', `${((m.casts / m.lines) * 1000).toFixed(1)}`],
    ['`as` · `any` · `!`', `${m.casts} · ${m.anyTypes} · ${m.nonNullAssertions}`],
    ['TODO', `${m.todos}`],
    ['plain `Error` of all throws', `${m.plainErrors}/${m.throws}`],
    ['import depth inside a workspace', `${m.importDepth}`],
    ['import circles', `${m.importCircles}`],
    ['import lines of all lines', `${m.importPercent.toFixed(1)} %`],
    ['comment lines of all lines', `${m.commentPercent.toFixed(1)} %`],
    ['lines of tests to lines of source', `${m.testsToSource.toFixed(2)}`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(50)}${value}`).join('\n');
}
