/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros of NSIS look like that */
import { ENABLE_UPDATE, startsByItself } from '../install-settings.ts'
import { folderName, versionNumbers } from '../windows-names.ts'
import { installFunctions, installSection } from './install.ts'
import { LONGEST_TEXT, nsisString, variable } from './nsis-text.ts'
import { ALLOW_OLDER, refuseOlder } from './older-version.ts'
import type { NsisParts } from './parts.ts'
import { sharedFunctions } from './shared.ts'
import { TEXTS } from './texts.ts'
import { uninstallSection } from './uninstall.ts'
import { finalizeUninstaller, type UninstallerStage } from './uninstaller-stage.ts'
import { settingVariable } from './verbs.ts'

/** The whole script of a setup program for NSIS 3 with Modern UI 2. Pure. */
export function nsisScript(parts: NsisParts, stage: UninstallerStage): string {
  return [
    // The only stubs without 32-bit code; it has to come before everything else.
    'Target amd64-unicode',
    // What this program has no use for is left over: variables, and functions.
    '!pragma warning disable 6001',
    '!pragma warning disable 6010',
    `SetCompressor ${parts.spec.compression === 'fast' ? 'zlib' : '/SOLID lzma'}`,
    'CRCCheck force',
    'RequestExecutionLevel admin',
    'ManifestSupportedOS all',
    'ManifestDPIAware true',
    ...finalizeUninstaller(stage),
    ...identity(parts),
    '!include "MUI2.nsh"',
    '!include "LogicLib.nsh"',
    '!include "FileFunc.nsh"',
    ...variables(parts),
    ...pages(parts),
    ...texts(),
    ...sharedFunctions('', parts),
    ...installFunctions(parts, stage !== 'taken out'),
    ...onInit(parts),
    ...installSection(parts),
    ...sharedFunctions('un.', parts),
    ...uninstallSection(parts),
    '',
  ].join('\n')
}

function identity({ spec }: NsisParts): string[] {
  const { displayName, publisher, version } = spec
  const icon =
    spec.icon === null ? [] : ['!define MUI_ICON "icon.ico"', '!define MUI_UNICON "icon.ico"']
  const facts = {
    ProductName: displayName,
    CompanyName: publisher,
    FileDescription: `${displayName} ${version}`,
    LegalCopyright: publisher,
    FileVersion: version,
    ProductVersion: version,
  }
  return [
    // In the second one an ampersand would underline what follows.
    `Name ${nsisString(displayName)} ${nsisString(displayName.replaceAll('&', '&&'))}`,
    'OutFile "made.exe"',
    `InstallDir ${nsisString(variable('PROGRAMFILES64'), `\\${folderName(spec)}`)}`,
    `BrandingText ${nsisString(`${displayName} ${version}`)}`,
    `VIProductVersion "${versionNumbers(version).join('.')}.0"`,
    ...Object.entries(facts).map(
      ([key, text]) => `VIAddVersionKey /LANG=0 "${key}" ${nsisString(text)}`,
    ),
    ...icon,
  ]
}

function variables({ settings }: NsisParts): string[] {
  const names = [
    // The directory of the version that is there; empty for none.
    'Previous',
    // The directory of the version that runs, where the program has updated itself; else empty.
    'Current',
    'WasRunning',
    'OldRegistration',
    'Registration',
    'Failure',
    'Extracting',
    // The handle of the lock; empty where it is not held.
    'UpdateLock',
    'Setting_AUTOSTART',
    'Setting_RESTART',
    settingVariable(ALLOW_OLDER),
  ]
  return [...names, ...settings.map(({ property }) => settingVariable(property))].map(
    (name) => `Var ${name}`,
  )
}

function pages({ spec }: NsisParts): string[] {
  return [
    '!define MUI_ABORTWARNING',
    '!insertmacro MUI_PAGE_WELCOME',
    ...(spec.license === null ? [] : ['!insertmacro MUI_PAGE_LICENSE "license.txt"']),
    // What is there already is upgraded where it is.
    '!define MUI_PAGE_CUSTOMFUNCTION_PRE SkipAtUpgrade',
    '!insertmacro MUI_PAGE_DIRECTORY',
    '!insertmacro MUI_PAGE_INSTFILES',
    '!insertmacro MUI_PAGE_FINISH',
    '!insertmacro MUI_UNPAGE_CONFIRM',
    '!insertmacro MUI_UNPAGE_INSTFILES',
    '!insertmacro MUI_LANGUAGE "English"',
    '!insertmacro MUI_LANGUAGE "SimpChinese"',
  ]
}

function texts(): string[] {
  return Object.entries(TEXTS).flatMap(([name, [english, chinese]]) => [
    `LangString ${name} \${LANG_ENGLISH} ${nsisString(english)}`,
    `LangString ${name} \${LANG_SIMPCHINESE} ${nsisString(chinese)}`,
  ])
}

function eitherZeroOrOne(property: string): string[] {
  const value = `$${settingVariable(property)}`
  return [
    `  \${If} ${value} != 0`,
    `  \${AndIf} ${value} != 1`,
    `    StrCpy $R2 "${property}"`,
    `    StrCpy $R1 ${value}`,
    '    Call RefuseSetting',
    '  ${EndIf}',
  ]
}

/** Looks before anything is changed: rights, what is installed, the settings of the command line. */
function onInit(parts: NsisParts): string[] {
  const { spec, key, settings } = parts
  const choices = [
    { property: 'AUTOSTART', value: startsByItself(spec) ? '1' : '0' },
    { property: 'RESTART', value: 'on-failure' },
    ...settings,
    // Of this run alone: it is not kept.
    { property: ALLOW_OLDER, value: '0' },
  ]
  return [
    'Function .onInit',
    '  Call PrepareAsAdministrator',
    ...(spec.service === null ? [] : ['  Call HoldUpdates']),
    `  ReadRegStr $Previous HKLM "${key}" "InstallLocation"`,
    `  ReadRegStr $OldRegistration HKLM "${key}" "Registration"`,
    `  ReadRegStr $Current HKLM "${key}" "Current"`,
    '  ${If} $Previous != ""',
    // /D= is the only way to another directory so early.
    `    StrCpy $R1 ${nsisString(variable('PROGRAMFILES64'), `\\${folderName(spec)}`)}`,
    '    ${If} $INSTDIR != $R1',
    '    ${AndIf} $INSTDIR != $Previous',
    '      StrCpy $Failure "$(OtherDirectory)$Previous"',
    '      Call Refuse',
    '    ${EndIf}',
    '    StrCpy $INSTDIR $Previous',
    '  ${EndIf}',
    // What did not fit into it has been cut off.
    '  StrLen $R1 $CMDLINE',
    `  \${If} $R1 >= ${LONGEST_TEXT}`,
    '    StrCpy $Failure "$(TooLong)"',
    '    Call Refuse',
    '  ${EndIf}',
    '  ${GetParameters} $R0',
    ...choices.flatMap(({ property, value }) => [
      `  StrCpy $R1 ${nsisString(value)}`,
      '  ClearErrors',
      `  ReadRegStr $R2 HKLM "${key}" "Setting ${property}"`,
      '  ${IfNot} ${Errors}',
      '    StrCpy $R1 $R2',
      '  ${EndIf}',
      '  ClearErrors',
      `  \${GetOptions} $R0 "/${property}=" $R2`,
      '  ${IfNot} ${Errors}',
      '    StrCpy $R1 $R2',
      '  ${EndIf}',
      `  StrCpy $${settingVariable(property)} $R1`,
      `  StrCpy $R2 "${property}"`,
      '  Call CheckSetting',
    ]),
    ...['AUTOSTART', ENABLE_UPDATE, ALLOW_OLDER]
      .filter((name) => choices.some(({ property }) => property === name))
      .flatMap(eitherZeroOrOne),
    '  ${If} $Setting_RESTART != "no"',
    '  ${AndIf} $Setting_RESTART != "on-failure"',
    '  ${AndIf} $Setting_RESTART != "always"',
    '    StrCpy $R2 "RESTART"',
    '    StrCpy $R1 $Setting_RESTART',
    '    Call RefuseSetting',
    '  ${EndIf}',
    ...refuseOlder(parts),
    'FunctionEnd',
    'Function SkipAtUpgrade',
    '  ${If} $Previous != ""',
    '    Abort',
    '  ${EndIf}',
    'FunctionEnd',
    // A quote, or a backslash in front of the one that ends it, would begin another word of the command line.
    'Function CheckSetting',
    '  StrCpy $R3 0',
    '  ${Do}',
    '    StrCpy $R4 $R1 1 $R3',
    "    ${If} $R4 == '\"'",
    '      Call RefuseSetting',
    '    ${EndIf}',
    '    IntOp $R3 $R3 + 1',
    '  ${LoopUntil} $R4 == ""',
    '  StrCpy $R4 $R1 1 -1',
    "  ${If} $R4 == '\\'",
    '    Call RefuseSetting',
    '  ${EndIf}',
    'FunctionEnd',
    'Function Refuse',
    '  Call Tell',
    '  SetErrorLevel 2',
    '  Quit',
    'FunctionEnd',
    'Function RefuseSetting',
    '  StrCpy $Failure "$(WrongSetting)/$R2=$R1"',
    '  Call Refuse',
    'FunctionEnd',
  ]
}
