import type { Area } from '../harness/case.ts'
import { accessTokens } from './access-tokens.ts'
import { changeStream } from './change-stream.ts'
import { confirm } from './confirm.ts'
import { create } from './create.ts'
import { filterRest } from './filter-rest.ts'
import { filters } from './filters.ts'
import { geo } from './geo.ts'
import { http } from './http.ts'
import { loginArea } from './login.ts'
import { modelFiles } from './model-files.ts'
import { passwords } from './passwords.ts'
import { paths } from './paths.ts'
import { properties } from './properties.ts'
import { read } from './read.ts'
import { rules } from './rules.ts'
import { settings } from './settings.ts'
import { tokens } from './tokens.ts'
import { update } from './update.ts'
import { upsert } from './upsert.ts'

/** Every hand-written case. */
export const areas: readonly Area[] = [
  create,
  read,
  update,
  upsert,
  loginArea,
  tokens,
  accessTokens,
  passwords,
  confirm,
  rules,
  settings,
  properties,
  modelFiles,
  filters,
  filterRest,
  geo,
  paths,
  http,
  changeStream,
]
