using System.Text.Json;
using Tributary.Messages;
using Tributary.Storage.Indexing;

namespace Tributary.Storage.Queries;

/// <summary>Operands of comparisons as keys of the index.</summary>
internal static class IndexOperands
{
    public static IndexedValue ValueOf(int path, JsonElement operand) => ValueOf(path, operand, out _);

    /// <param name="path">The id of the path.</param>
    /// <param name="operand">The operand.</param>
    /// <param name="isExact">True when every value that the index holds under this key equals the operand.</param>
    public static IndexedValue ValueOf(int path, JsonElement operand, out bool isExact)
    {
        var value = JsonValue.Of(operand);
        return new IndexedValue(path, IndexKey.Of(value.Type, value.Text, value.IsEscaped, out isExact));
    }

    /// <summary>The keys of values at or above a number or string; null for values without an order.</summary>
    public static KeyRange? Above(int path, JsonElement operand)
    {
        var value = JsonValue.Of(operand);
        return IsOrdered(value.Type)
            ? new KeyRange(
                path, IndexKey.AtOrAbove(value.Type, value.Text, value.IsEscaped), IndexKey.EndOf(value.Type))
            : null;
    }

    /// <summary>The keys of values at or below a number or string; null for values without an order.</summary>
    public static KeyRange? Below(int path, JsonElement operand)
    {
        var value = JsonValue.Of(operand);
        return IsOrdered(value.Type)
            ? new KeyRange(
                path, IndexKey.StartOf(value.Type), IndexKey.AtOrBelow(value.Type, value.Text, value.IsEscaped))
            : null;
    }

    private static bool IsOrdered(JsonTokenType type) => type is JsonTokenType.Number or JsonTokenType.String;
}
