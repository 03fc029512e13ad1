import { folderSettingsTests } from './support/folderSettings.ts';

/** In a folder that is trusted. */
export const tests = folderSettingsTests;
