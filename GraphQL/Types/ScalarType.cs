using System.Text.Json;
using Tributary.GraphQL.Language;

namespace Tributary.GraphQL.Types;

/// <summary>
/// A scalar: how values come in and go out. A coercion that fails throws a <see cref="CoercionException"/>; the engine
/// adds where. Scalars of the SDL without a codec take and give any value.
/// </summary>
public class ScalarType(string name, string? description, string? specifiedByUrl = null) : NamedType(name, description)
{
    /// <summary>From <c>@specifiedBy</c>.</summary>
    public string? SpecifiedByUrl { get; } = specifiedByUrl;

    /// <summary>Replaces the coercion of a scalar of the SDL; set before the engine serves.</summary>
    public ScalarCodec Codec { get; internal set; } = ScalarCodec.Untyped;
}

/// <summary>The three coercions of a scalar (spec section 3.5).</summary>
public abstract class ScalarCodec
{
    /// <summary>Any value: what JSON can hold, as CLR null, bool, int, double, string, list and dictionary.</summary>
    public static ScalarCodec Untyped { get; } = new UntypedCodec();

    /// <summary>The CLR types whose values this scalar writes; empty for any.</summary>
    public virtual IReadOnlyList<Type> ClrTypes => [];

    /// <summary>
    /// Coerces a literal. It holds no variables, except in scalars that take any value; those are replaced before.
    /// </summary>
    public abstract object? ParseLiteral(ValueNode literal);

    /// <summary>Coerces the JSON value of a variable. Never called for JSON null.</summary>
    public abstract object? ParseJson(JsonElement json);

    /// <summary>
    /// Turns what a resolver gave into a value that JSON can hold: string, bool, int, long, double, decimal,
    /// JsonElement, or lists and dictionaries of them; or a ReadOnlyMemory of bytes that are JSON in UTF-8, written as
    /// they are.
    /// </summary>
    public abstract object Serialize(object value);
}

/// <summary>A value does not fit its scalar. The message says what is allowed.</summary>
public sealed class CoercionException(string message) : Exception(message);
