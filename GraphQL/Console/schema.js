// The schema's documentation from introspection. It enters the page as text, never as HTML.

const typeRef = ['kind name', 'kind name', 'kind name', 'kind name', 'kind name', 'name']
  .reduceRight((inner, fields) => `${fields} ofType { ${inner} }`);

export const introspectionQuery = `{ __schema { queryType { name } mutationType { name } subscriptionType { name }
types {
  kind name description
  fields(includeDeprecated: true) {
    name description isDeprecated deprecationReason type { ${typeRef} }
    args { name description defaultValue type { ${typeRef} } }
  }
  inputFields { name description defaultValue type { ${typeRef} } }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { name }
} } }`;

/** [Int!]! and the like. */
export function typeText(type) {
  if (!type) return '';
  if (type.kind === 'NON_NULL') return `${typeText(type.ofType)}!`;
  if (type.kind === 'LIST') return `[${typeText(type.ofType)}]`;
  return type.name;
}

/** Shows the types that match the words, roots first. */
export function show(container, schema, words) {
  const wanted = words.trim().toLowerCase();
  const roots = [schema.queryType, schema.mutationType, schema.subscriptionType].map((t) => t?.name);
  const rank = (type) => (roots.indexOf(type.name) + 1 || 9);
  const types = schema.types
    .filter((type) => !type.name.startsWith('__') && matches(type, wanted))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  container.replaceChildren(...types.map((type) => describe(type, wanted)));
}

function matches(type, wanted) {
  const members = [...(type.fields ?? []), ...(type.inputFields ?? []), ...(type.enumValues ?? [])];
  return [type, ...members].some((each) => each.name.toLowerCase().includes(wanted));
}

function describe(type, wanted) {
  const details = element('details');
  details.open = wanted.length > 1;
  details.append(element('summary', `${type.kind.toLowerCase().replace('_', ' ')} `, element('span', type.name)));
  details.lastChild.lastChild.className = 'type';
  if (type.description) details.append(element('p', type.description));
  if (type.possibleTypes) details.append(element('p', `One of ${type.possibleTypes.map((t) => t.name).join(', ')}.`));
  const list = element('dl');
  for (const member of [...(type.fields ?? []), ...(type.inputFields ?? []), ...(type.enumValues ?? [])]) {
    const term = element('dt', signature(member));
    if (member.isDeprecated) term.className = 'deprecated';
    list.append(term, element('dd', [member.description, member.deprecationReason].filter(Boolean).join(' ')));
  }
  details.append(list);
  return details;
}

function signature(member) {
  const args = member.args?.length ? `(${member.args.map(signature).join(', ')})` : '';
  const type = member.type ? `: ${typeText(member.type)}` : '';
  return `${member.name}${args}${type}${member.defaultValue == null ? '' : ` = ${member.defaultValue}`}`;
}

function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}
