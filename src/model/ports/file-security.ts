/** Who may do what with files: access lists of Windows. */
export interface FileSecurity {
  /**
   * Owner and access list of a file or folder in SDDL; null where there is none of that name, or where
   * the caller may not look.
   */
  descriptor(path: string): Promise<string | null>
}
