// Writes types that are inferred from schemas out in full, as whoever has the schemas sees them, with the comments of
// the schemas' keys. The compiler's own declarations name the library of the schemas instead, and so need it.
import { API, SymbolFlags, TypeFlags } from 'typescript/unstable/sync'

/** Of the modules of a project, by the path of its tsconfig.json; close it to end the compiler. */
export function openPlainTypes(project) {
  const api = new API()
  const { program, checker } = api.updateSnapshot({ openProjects: [project] }).getProject(project)
  const printed = (type) => printType(checker, type, '')
  return {
    /** Declares each type that the module exports, and none of its values. */
    of(module) {
      return checker
        .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(module)))
        .filter(({ flags }) => flags & (SymbolFlags.TypeAlias | SymbolFlags.Interface))
        .map((alias) => {
          const type = printed(checker.getDeclaredTypeOfSymbol(alias))
          return `${comment(checker, alias, '')}export type ${alias.name} = ${type}\n`
        })
        .join('')
    },
    close: () => api.close(),
  }
}

function printType(checker, type, indent) {
  if (type.isUnionType()) return printUnion(checker, type.getTypes(), indent)
  if (!type.isObjectType()) return checker.typeToString(type)
  if (checker.isArrayType(type)) {
    const [element] = checker.getTypeArguments(type)
    const name = checker.typeToString(type).startsWith('readonly ') ? 'ReadonlyArray' : 'Array'
    return `${name}<${printType(checker, element, indent)}>`
  }
  const [values] = checker.getIndexInfosOfType(type)
  if (values) return `Record<string, ${printType(checker, values.valueType, indent)}>`
  const lines = checker
    .getPropertiesOfType(type)
    .map((property) => printProperty(checker, property, `${indent}  `))
  return `{\n${lines.join('')}${indent}}`
}

function printUnion(checker, types, indent) {
  const has = (flags) => (type) => (type.flags & flags) !== 0
  // `true | false` is how the compiler holds a boolean.
  const boolean = types.filter(has(TypeFlags.BooleanLiteral)).length === 2
  const nothing = types.filter(has(TypeFlags.Undefined | TypeFlags.Null))
  const rest = types.filter(
    (type) => !nothing.includes(type) && !(boolean && has(TypeFlags.BooleanLiteral)(type)),
  )
  const printed = (some) => some.map((type) => printType(checker, type, indent))
  return [...(boolean ? ['boolean'] : []), ...printed(rest), ...printed(nothing)].join(' | ')
}

function printProperty(checker, property, indent) {
  const name =
    /^\w+$/.test(property.name) && !/^\d/.test(property.name) ? property.name : `'${property.name}'`
  const optional = property.flags & SymbolFlags.Optional ? '?' : ''
  const type = printType(checker, checker.getTypeOfSymbol(property), indent)
  return `${comment(checker, property, indent)}${indent}${name}${optional}: ${type}\n`
}

function comment(checker, symbol, indent) {
  const text = checker.getDocumentationCommentOfSymbol(symbol)
  if (text === '') return ''
  const lines = text.split('\n')
  if (lines.length === 1) return `${indent}/** ${text} */\n`
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`
}
