import type { Area } from '../harness/case.ts'
import { accessTokens } from './access-tokens.ts'
import { create } from './create.ts'
import { loginArea } from './login.ts'
import { read } from './read.ts'
import { tokens } from './tokens.ts'
import { update } from './update.ts'
import { upsert } from './upsert.ts'

export const areas: readonly Area[] = [create, read, update, upsert, loginArea, tokens, accessTokens]
