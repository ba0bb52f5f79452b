/** YAML whose values can be traced back to their line. */
import { isNode, LineCounter, parseDocument } from 'yaml'

export type YamlPath = readonly (string | number)[]

export interface YamlProblem {
  path: YamlPath
  message: string
  /** Where the text is no YAML, so that no path leads there. */
  line?: number
}

export interface ReadYaml {
  value: unknown
  /** What is not YAML; then `value` is undefined. */
  problems: YamlProblem[]
  /** From 1. What is missing is looked for where it should stand: in its parent. */
  lineOf: (problem: YamlProblem) => number
}

export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const problems = document.errors.map(({ message, pos }): YamlProblem => {
    return { path: [], message: firstLine(message), line: lines.linePos(pos[0]).line }
  })
  const lineOfPath = (path: YamlPath): number => {
    const node: unknown = document.getIn(path, true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    return path.length === 0 ? 1 : lineOfPath(path.slice(0, -1))
  }
  return {
    // A few aliases are enough; the default bound keeps a file from unfolding into gigabytes.
    value: problems.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 }),
    problems,
    lineOf: ({ path, line }) => line ?? lineOfPath(path),
  }
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message
}
