using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Validation;

/// <summary>
/// Walks the text of a document once and calls all rules for each node. The parser's
/// nesting limit bounds its recursion.
/// </summary>
internal sealed class DocumentWalker(ValidationContext context, ValidationRule[] rules)
{
    private readonly Schema schema = context.Schema;

    public void Walk()
    {
        foreach (var rule in rules) rule.Document(context);
        foreach (var definition in context.Document.Definitions)
        {
            if (context.IsFull) return;
            switch (definition)
            {
                case OperationDefinition operation:
                    foreach (var rule in rules) rule.Operation(context, operation);
                    foreach (var variable in operation.Variables) Variable(variable);
                    Directives(operation.Directives, operation.Operation switch
                    {
                        OperationType.Query => DirectiveLocations.Query,
                        OperationType.Mutation => DirectiveLocations.Mutation,
                        _ => DirectiveLocations.Subscription,
                    });
                    Selections(operation.SelectionSet, schema.Root(operation.Operation));
                    break;
                case FragmentDefinition fragment:
                    foreach (var rule in rules) rule.Fragment(context, fragment);
                    Directives(fragment.Directives, DirectiveLocations.FragmentDefinition);
                    Selections(fragment.SelectionSet, schema.Type(fragment.TypeCondition.Name));
                    break;
            }
        }
    }

    private void Variable(VariableDefinition variable)
    {
        if (variable.DefaultValue is not null) Value(variable.DefaultValue, schema.Type(variable.Type));
        Directives(variable.Directives, DirectiveLocations.VariableDefinition);
    }

    private void Selections(SelectionSet set, NamedType? parent)
    {
        foreach (var selection in set.Selections)
        {
            if (context.IsFull) return;
            switch (selection)
            {
                case Field field:
                    var definition = parent is null ? null : schema.Field(parent, field.Name);
                    foreach (var rule in rules) rule.Field(context, field, parent, definition);
                    Arguments(field, $"Field \"{field.Name}\"", field.Arguments, definition?.Arguments);
                    Directives(field.Directives, DirectiveLocations.Field);
                    if (field.SelectionSet is not null) Selections(field.SelectionSet, definition?.Type.Named);
                    break;
                case FragmentSpread spread:
                    foreach (var rule in rules) rule.FragmentSpread(context, spread, parent);
                    Directives(spread.Directives, DirectiveLocations.FragmentSpread);
                    break;
                case InlineFragment inline:
                    foreach (var rule in rules) rule.InlineFragment(context, inline, parent);
                    Directives(inline.Directives, DirectiveLocations.InlineFragment);
                    Selections(
                        inline.SelectionSet,
                        inline.TypeCondition is null ? parent : schema.Type(inline.TypeCondition.Name));
                    break;
            }
        }
    }

    private void Directives(IReadOnlyList<Directive> directives, string location)
    {
        if (directives.Count == 0) return;
        foreach (var rule in rules) rule.Directives(context, directives, location);
        foreach (var directive in directives)
            Arguments(
                directive,
                $"Directive \"@{directive.Name}\"",
                directive.Arguments,
                schema.Directives.GetValueOrDefault(directive.Name)?.Arguments);
    }

    private void Arguments(
        Node owner, string ownerName, IReadOnlyList<Argument> arguments, IReadOnlyList<InputDef>? definitions)
    {
        if (arguments.Count == 0 && definitions is null or { Count: 0 }) return;
        foreach (var rule in rules) rule.Arguments(context, owner, ownerName, arguments, definitions);
        foreach (var argument in arguments)
            Value(argument.Value, definitions?.FirstOrDefault(d => d.Name == argument.Name)?.Type);
    }

    private void Value(ValueNode value, GraphQLType? type)
    {
        foreach (var rule in rules) rule.Value(context, value, type);
        Literals(value);
    }

    private void Literals(ValueNode value)
    {
        switch (value)
        {
            case ListValue list:
                foreach (var item in list.Values) Literals(item);
                break;
            case ObjectValue literal:
                foreach (var rule in rules) rule.ObjectLiteral(context, literal);
                foreach (var field in literal.Fields) Literals(field.Value);
                break;
        }
    }
}
