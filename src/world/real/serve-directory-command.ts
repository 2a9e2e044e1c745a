/** The command of this program that serves a mounted directory: the process's whole work. */
export const serveDirectoryCommand = 'serve-directory';
