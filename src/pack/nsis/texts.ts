/** What the installer says beside the texts of Modern UI, in its two languages. */
export const TEXTS = {
  NeedsAdministrator: ['This needs the rights of an administrator.', '此操作需要管理员权限。'],
  WrongSetting: ['A setting on the command line cannot be used: ', '命令行中的设置无效：'],
  OtherDirectory: [
    'It is installed in another directory already. Remove it there first: ',
    '它已安装在另一个目录中。请先将其卸载：',
  ],
  OlderVersion: [
    'A newer version is installed already, and nothing was changed: ',
    '已安装更新的版本，未做任何更改：',
  ],
  GoBack: ['To go back to an older version on purpose: ', '如需降级，请使用：'],
  InWork: [
    'It is being installed, updated or removed already, by process ',
    '正在安装、更新或卸载，进程：',
  ],
  CannotStop: ['The service could not be stopped.', '无法停止服务。'],
  CannotReplace: [
    'A file could not be replaced; a program may be using it: ',
    '无法替换文件，可能正被其他程序使用：',
  ],
  CannotWrite: ['A file could not be written: ', '无法写入文件：'],
  CannotInstall: ['The service could not be registered: ', '无法注册服务：'],
  CannotStart: ['The service could not be started: ', '无法启动服务：'],
  CannotUninstall: ['The service could not be removed: ', '无法删除服务：'],
  TooLong: [
    'The settings are too long together: a setup program takes commands of 1022 characters.',
    '设置的总长度过长：安装程序的命令最多为 1022 个字符。',
  ],
  TakenBack: [
    'Nothing was installed; what was there before is there again.',
    '安装未完成，已恢复到之前的状态。',
  ],
  Uninstall: ['Uninstall', '卸载'],
} as const satisfies Readonly<Record<string, readonly [english: string, chinese: string]>>
