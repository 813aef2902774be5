using Tributary.GraphQL.Language;
using Tributary.GraphQL.Types;

namespace Tributary.GraphQL.Execution;

/// <summary>@skip and @include (spec sections 3.13.1 and 3.13.2). A selection must pass both.</summary>
internal static class Conditions
{
    public static bool Include(IReadOnlyList<Directive> directives, InputObject variables)
    {
        foreach (var directive in directives)
        {
            if (directive.Name == "skip" && IsTrue(directive, variables)) return false;
            if (directive.Name == "include" && !IsTrue(directive, variables)) return false;
        }
        return true;
    }

    /// <summary>The variables that decide conditions anywhere in the document, each once.</summary>
    public static string[] Variables(Document document)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var definition in document.Definitions)
        {
            if (definition is OperationDefinition operation) Add(operation.SelectionSet, names);
            else if (definition is FragmentDefinition fragment) Add(fragment.SelectionSet, names);
        }
        return [.. names];
    }

    private static bool IsTrue(Directive directive, InputObject variables) => directive.Arguments[0].Value switch
    {
        BooleanValue literal => literal.Value,
        VariableValue variable => variables.Get<bool>(variable.Name),
        _ => false,
    };

    private static void Add(SelectionSet set, SortedSet<string> names)
    {
        foreach (var selection in set.Selections)
        {
            foreach (var directive in selection.Directives)
                if (directive.Name is "skip" or "include" && directive.Arguments[0].Value is VariableValue variable)
                    names.Add(variable.Name);
            if (selection is Field { SelectionSet: { } inner })
                Add(inner, names);
            else if (selection is InlineFragment inline)
                Add(inline.SelectionSet, names);
        }
    }
}
