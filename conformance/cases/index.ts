import type { Area } from '../harness/case.ts'
import { create } from './create.ts'

export const areas: readonly Area[] = [create]
