using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation;

/// <summary>
/// The spreads and variables in the text of one operation or fragment, without those of the fragments it spreads.
/// </summary>
internal sealed class DefinitionUses
{
    public List<FragmentSpread> Spreads { get; } = [];

    public List<VariableUsage> Variables { get; } = [];

    public static Dictionary<Node, DefinitionUses> Of(Schema schema, Document document)
    {
        var all = new Dictionary<Node, DefinitionUses>(ReferenceEqualityComparer.Instance);
        foreach (var definition in document.Definitions)
        {
            var uses = new DefinitionUses();
            switch (definition)
            {
                case OperationDefinition operation:
                    uses.Directives(schema, operation.Directives);
                    uses.Selections(schema, operation.SelectionSet, schema.Root(operation.Operation));
                    break;
                case FragmentDefinition fragment:
                    uses.Directives(schema, fragment.Directives);
                    uses.Selections(schema, fragment.SelectionSet, schema.Type(fragment.TypeCondition.Name));
                    break;
            }
            all[definition] = uses;
        }
        return all;
    }

    private void Selections(Schema schema, SelectionSet set, NamedType? parent)
    {
        foreach (var selection in set.Selections)
        {
            Directives(schema, selection.Directives);
            switch (selection)
            {
                case Field field:
                    var definition = parent is null ? null : schema.Field(parent, field.Name);
                    foreach (var argument in field.Arguments) Argument(argument, definition?.Argument(argument.Name));
                    if (field.SelectionSet is not null) Selections(schema, field.SelectionSet, definition?.Type.Named);
                    break;
                case FragmentSpread spread:
                    Spreads.Add(spread);
                    break;
                case InlineFragment inline:
                    Selections(
                        schema,
                        inline.SelectionSet,
                        inline.TypeCondition is null ? parent : schema.Type(inline.TypeCondition.Name));
                    break;
            }
        }
    }

    private void Directives(Schema schema, IReadOnlyList<Directive> directives)
    {
        foreach (var directive in directives)
        {
            var definition = schema.Directives.GetValueOrDefault(directive.Name);
            foreach (var argument in directive.Arguments) Argument(argument, definition?.Argument(argument.Name));
        }
    }

    private void Argument(Argument argument, InputDef? definition) =>
        Value(argument.Value, definition?.Type, definition?.DefaultValue is not null, null);

    private void Value(ValueNode value, GraphQLType? type, bool hasDefault, InputObjectType? oneOf)
    {
        switch (value)
        {
            case VariableValue variable:
                Variables.Add(new VariableUsage(variable, type is { IsInput: true } ? type : null, hasDefault, oneOf));
                break;
            case ListValue list:
                // Items in a scalar that takes any value count as values of that scalar.
                var item = type?.Nullable is ListType items ? items.Of : type?.Nullable;
                foreach (var element in list.Values) Value(element, item, false, null);
                break;
            case ObjectValue literal:
                var input = type?.Named as InputObjectType;
                foreach (var field in literal.Fields)
                {
                    var definition = input?.Field(field.Name);
                    Value(
                        field.Value, definition?.Type, definition?.DefaultValue is not null,
                        input is { IsOneOf: true } ? input : null);
                }
                break;
        }
    }
}
