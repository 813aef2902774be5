using System.Text.Json;

namespace Tributary.Storage.Messages;

/// <summary>A condition on the body of a message.</summary>
public abstract record BodyCondition
{
    /// <summary>
    /// Compares the value at a JSON pointer (RFC 6901). Numbers compare exactly as decimals, strings ordinally as
    /// UTF-8; values of different types are unequal and not ordered. <see cref="Comparison.Exists"/> takes no operand;
    /// <see cref="Comparison.In"/> takes an array. Nothing holds for a value that is not there,
    /// <see cref="Comparison.NotEqual"/> included; a body that is not JSON has no values.
    /// </summary>
    public sealed record Compare(string Pointer, Comparison Comparison, JsonElement Operand) : BodyCondition;

    public sealed record And(IReadOnlyList<BodyCondition> All) : BodyCondition;

    public sealed record Or(IReadOnlyList<BodyCondition> Any) : BodyCondition;

    public sealed record Not(BodyCondition Inner) : BodyCondition;
}

/// <summary>How a value is compared.</summary>
public enum Comparison
{
    Equal,
    NotEqual,
    In,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,

    /// <summary>A string that contains the operand, or an array that has it as an element.</summary>
    Contains,
    Exists,
}
