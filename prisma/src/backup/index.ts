export { ArchiveError, readArchive, type ArchiveContents, type Manifest } from './archive.ts'
export { openBackup, type Backup, type BackupOptions } from './backup.ts'
export { restore, RestoreError, type RestoreOptions } from './restore.ts'
export { readBackupFile, writeNewFile } from './file.ts'
