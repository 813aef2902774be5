using System.Text.Json;
using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Types;

/// <summary>
/// A scalar with the coercions of its values. A failed coercion throws a <see cref="CoercionException"/>; the engine
/// adds the place. A scalar of the SDL without a codec takes and gives any value.
/// </summary>
public class ScalarType(string name, string? description, string? specifiedByUrl = null) : NamedType(name, description)
{
    /// <summary>The URL of <c>@specifiedBy</c>.</summary>
    public string? SpecifiedByUrl { get; } = specifiedByUrl;

    /// <summary>The coercions of this scalar; set before the engine serves.</summary>
    public ScalarCodec Codec { get; internal set; } = ScalarCodec.Untyped;
}

/// <summary>The three coercions of a scalar (spec section 3.5).</summary>
public abstract class ScalarCodec
{
    /// <summary>Takes and gives any JSON value, as CLR null, bool, int, double, string, list or dictionary.</summary>
    public static ScalarCodec Untyped { get; } = new UntypedCodec();

    /// <summary>The CLR types whose values this scalar writes; empty for any.</summary>
    public virtual IReadOnlyList<Type> ClrTypes => [];

    /// <summary>
    /// Coerces a literal. It contains no variables: in a scalar that takes any value, their values have replaced them.
    /// </summary>
    public abstract object? ParseLiteral(ValueNode literal);

    /// <summary>Coerces the JSON value of a variable. Never called for JSON null.</summary>
    public abstract object? ParseJson(JsonElement json);

    /// <summary>
    /// Turns a resolver's value into a JSON value: string, bool, int, long, double, decimal, JsonElement, or lists and
    /// dictionaries of these; or a ReadOnlyMemory with the bytes of JSON in UTF-8, which are written unchanged.
    /// </summary>
    public abstract object Serialize(object value);
}

/// <summary>A value does not fit its scalar. The message says what is allowed.</summary>
public sealed class CoercionException(string message) : Exception(message);
