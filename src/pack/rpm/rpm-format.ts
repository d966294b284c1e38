import type { PackTool } from '../../model/staged-product.ts'
import { rpmPlan } from './rpm-plan.ts'

const TOOLS: readonly PackTool[] = [{ executable: 'rpmbuild', debianPackage: 'rpm' }]

/** Packages of Red Hat, SUSE and their kin, as the composition root joins them with what runs tools. */
export const rpmFormat = {
  format: 'rpm',
  targets: ['linux-x64', 'linux-arm64'],
  tools: TOOLS,
  plan: rpmPlan,
} as const
