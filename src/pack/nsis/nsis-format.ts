import type { PackTool } from '../../model/staged-product.ts'
import { nsisPlan } from './nsis-plan.ts'

const TOOLS: readonly PackTool[] = [{ executable: 'makensis', debianPackage: 'nsis' }]

/** Setup programs for Windows, as the composition root joins them with what runs tools. */
export const nsisFormat = {
  format: 'nsis',
  targets: ['win-x64'],
  tools: TOOLS,
  plan: nsisPlan,
} as const
