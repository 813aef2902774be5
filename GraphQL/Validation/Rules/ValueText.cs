using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Validation.Rules;

/// <summary>
/// A text that is equal for two literals exactly when the reference implementation takes them for the same argument: it
/// compares their printed forms, with the fields of input objects in the order of their names. So numbers are the same
/// when they are written the same (<c>1</c> is not <c>1.0</c>), strings when they have the same value, and a block
/// string never equals another kind of string.
/// </summary>
internal static class ValueText
{
    public static string Of(ValueNode value) => value switch
    {
        // The printer prints a block string that would lose its spaces as an ordinary
        // string; here the two kinds stay apart.
        StringValue { Block: true } text => "\"\"" + Printer.Quote(text.Value),
        ListValue list => "[" + string.Join(",", list.Values.Select(Of)) + "]",
        ObjectValue literal => "{" + string.Join(",", Sorted(literal).Select(f => $"{f.Name}:{Of(f.Value)}")) + "}",
        _ => Printer.Print(value),
    };

    private static IEnumerable<ObjectField> Sorted(ObjectValue literal) =>
        literal.Fields.OrderBy(f => f.Name, StringComparer.Ordinal);
}
