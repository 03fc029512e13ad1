import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// The layers of docs/architecture.md: what each folder of src/ must not reach. Imports go only downward.
const above = {
  common: ['domain', 'files', 'azure', 'provisioning', 'inventory', 'ui'],
  domain: ['files', 'azure', 'provisioning', 'inventory', 'ui'],
  files: ['azure', 'provisioning', 'inventory', 'ui'],
  azure: ['files', 'provisioning', 'inventory', 'ui'],
  inventory: ['files', 'provisioning', 'ui'],
  provisioning: ['files', 'inventory', 'ui'],
};

// What must not run at activation: packages that are large, and the parts of the product that need them.
const heavy = {
  packages: ['@azure/*', '@azure/**', '@microsoft/*', 'yaml', 'jsonc-parser', 'markdown-it'],
  files: [
    '**/files/find.ts',
    '**/files/{compose,dockerfile,infrastructure,kubernetes,markdown,pipelines,rules,shell,worker,yaml}/**',
    '**/azure/createAzure.ts',
    '**/azure/arm/**',
    '**/azure/registry/**',
    '**/provisioning/**',
    '**/pages/**',
    '**/review/**',
    '**/setUp/**',
    '**/verify/**',
  ],
};

// Folders and files that are only ever loaded by import(); esbuild.js fails if one of them becomes eager.
const lazyPlaces = [
  'src/ui/{pages,review,setUp,verify}/**',
  'src/ui/{chat,commands}/!(register).ts',
  'src/ui/**/*.lazy.ts',
];

/**
 * An array becomes one argument for each item, of which JavaScript takes some 100,000: what comes from outside may have more. A rest
 * parameter has been an argument list already, a tuple has a fixed length, and the buttons of a message are named by us.
 */
const boundedArguments = {
  meta: { type: 'problem', schema: [], messages: { unbounded: 'Use a loop: this array may have any length.' } },
  /** @param {import('eslint').Rule.RuleContext} context */
  create(context) {
    const { program, esTreeNodeToTSNodeMap } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    const isTuple = (node) => {
      const type = checker.getTypeAtLocation(esTreeNodeToTSNodeMap.get(node));
      return checker.isTupleType(type) && !type.target.hasRestElement;
    };
    const isRest = (node) => {
      let scope = context.sourceCode.getScope(node);
      while (scope.upper && !scope.set.has(node.name)) scope = scope.upper;
      const definitions = scope.set.get(node.name)?.defs ?? [];
      return definitions.some(({ type, name }) => type === 'Parameter' && name.parent.type === 'RestElement');
    };
    return {
      ':matches(CallExpression, NewExpression) > SpreadElement.arguments'({ argument, parent }) {
        if (/^show\w+Message$/.test(parent.callee?.name ?? parent.callee?.property?.name)) return;
        if (isTuple(argument) || (argument.type === 'Identifier' && isRest(argument))) return;
        context.report({ node: argument, messageId: 'unbounded' });
      },
    };
  },
};

/** @param {string} layer @param {string[]} forbidden */
function layerRule(layer, forbidden) {
  const message = `src/${layer} may only import what lies below it (docs/architecture.md).`;
  const group = forbidden.map((name) => `**/${name}/**`);
  // Of packages, common and domain take only Node's and l10n; only ui/ knows VS Code.
  const packages = ['common', 'domain'].includes(layer)
    ? ['vscode', '@azure/**', '@microsoft/**']
    : ['vscode', '@microsoft/**'];
  const source = `/(^vscode$|\\/(${forbidden.join('|')})\\/)/`;
  return {
    files: [`src/${layer}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: [...group, ...packages], message }] },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: `ImportExpression[source.value=${source}]`, message },
        { selector: `TSImportType[source.value=${source}]`, message },
      ],
    },
  };
}

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'test/.out/', 'test/vscode/.install/', '**/*.vsix'] },
  // Rules are argued about here, not switched off where they hurt.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
      ],
      // A disposable's or double's method may have nothing to do.
      '@typescript-eslint/no-empty-function': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { house: { rules: { 'bounded-arguments': boundedArguments } } },
    rules: { 'house/bounded-arguments': 'error' },
  },
  ...Object.entries(above).map(([layer, forbidden]) => layerRule(layer, forbidden)),
  {
    files: ['src/extension.ts', 'src/ui/**/*.ts', 'src/inventory/**/*.ts'],
    ignores: lazyPlaces,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [...heavy.packages, ...heavy.files],
              allowTypeImports: true,
              message: 'This would be loaded at activation: import it as a type, or by import() where it is used.',
            },
            { group: ['**/test/**'], message: 'The product knows nothing of its tests.' },
          ],
        },
      ],
    },
  },
  {
    // inventory is below ui and also eager: both rules, since a later block replaces an earlier one's options.
    files: ['src/inventory/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['vscode', '@microsoft/**', '**/files/**', '**/provisioning/**', '**/ui/**'],
              message: 'src/inventory may only import what lies below it (docs/architecture.md).',
            },
            {
              group: [...heavy.packages, ...heavy.files],
              allowTypeImports: true,
              message: 'This would be loaded at activation: import it as a type, or by import() where it is used.',
            },
          ],
        },
      ],
    },
  },
  {
    // VS Code makes links of `[…](command:…)` in these texts, and they may come from outside.
    files: ['src/extension.ts', 'src/ui/**/*.ts'],
    ignores: ['src/ui/shared/messages.ts', 'src/ui/pages/keyboard.ts', 'src/ui/services/log.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'MemberExpression[property.name=/^(show(Information|Warning|Error)Message|withProgress|setStatusBarMessage)$/]',
          message: 'Use src/ui/shared/messages.ts, which lets nothing in the text become a link or an icon.',
        },
        {
          selector: "MemberExpression[property.name='createOutputChannel']",
          message: 'Use the log of src/ui/services/log.ts, which lets no secret and no line break through.',
        },
        {
          selector: "AssignmentExpression[left.property.name='items']:not([right.callee.name='plainRows'])",
          message: 'Pass the rows through plainRows, so that nothing in them becomes an icon.',
        },
        {
          selector:
            "CallExpression[callee.property.name='showQuickPick']:not(:has(Property[key.name='canPickMany'])), CallExpression[callee.object.name='input'][callee.property.name='show']",
          message: 'Use chooseRow or showInput of src/ui/pages: they keep the keyboard.',
        },
        ...[
          "AssignmentExpression[left.property.name=/^(prompt|validationMessage)$/]:not([right.callee.name='plainText'])",
          "CallExpression[callee.property.name='showInputBox'] Property[key.name='prompt']:not([value.callee.name='plainText'])",
        ].map((selector) => ({
          selector,
          message: 'Pass the text through plainText, so that nothing in it becomes a link.',
        })),
      ],
    },
  },
  {
    // The sandbox answers as Azure does, never as the extension expects: it shares no code with it.
    files: ['test/sandbox/src/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/src/**', 'vscode'], message: 'The sandbox imports nothing of the extension.' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-console': 'off',
      // A test may state what it has just set up.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A double's method is async because what it stands for is.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['test/**/*.test.ts'],
    rules: {
      // vitest's matchers (expect.any, expect.objectContaining) are typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['console', 'process', 'fetch', 'URL', 'Buffer', 'setTimeout', 'clearTimeout'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
    rules: { 'no-undef': 'error', 'no-unused-vars': 'error', eqeqeq: 'error', 'prefer-const': 'error' },
  },
);
