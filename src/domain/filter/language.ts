import type { PlainObject } from '../../base/values.ts'
import type { Behaviour } from '../../config/compatibility.ts'
import type { Where } from '../model/query.ts'
import { parseLoopbackFilter } from './loopback/filter.ts'
import { quirksOf } from './loopback/quirks.ts'
import { parseLoopbackWhere } from './loopback/where.ts'
import { checkDepth, type Filter, parseFilter } from './parse.ts'
import type { Vocabulary } from './vocabulary.ts'
import { parseWhere } from './where.ts'

/** What filters mean over one kind of record: chosen once, by the settings. All of it throws what a bad filter gets. */
export interface FilterLanguage {
  parseFilter(filter: PlainObject | undefined): Filter
  /** Conditions alone, of something that only reads. */
  parseWhere(where: PlainObject | undefined): Where
  /** Conditions alone, of something that changes what fits: none may be overlooked. */
  parseWhereOfWrite(where: PlainObject | undefined): Where
}

export function createFilterLanguage(filters: Behaviour['filters'], vocabulary: Vocabulary): FilterLanguage {
  if (filters === 'checked') return checkedLanguage(vocabulary)
  const language = { vocabulary, quirks: quirksOf[filters] }
  return {
    parseFilter: (filter) => parseLoopbackFilter(filter, language),
    parseWhere: (where) => parseLoopbackWhere(where, language),
    parseWhereOfWrite: (where) => parseLoopbackWhere(where, language, 'refused'),
  }
}

function checkedLanguage(vocabulary: Vocabulary): FilterLanguage {
  const parseConditions = (where: PlainObject | undefined): Where => {
    checkDepth(where)
    return parseWhere(where, vocabulary)
  }
  return {
    parseFilter: (filter) => parseFilter(filter, vocabulary),
    parseWhere: parseConditions,
    parseWhereOfWrite: parseConditions,
  }
}
