using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tributary.Aggregates;

/// <summary>
/// The form of <see cref="AggregateState"/> and <see cref="AggregateDelta"/> between processes: the stored JSON. So
/// measures have one form, and fields that a newer version wrote survive the journey.
/// </summary>
[GenerateSerializer, Alias("tributary.aggregate-json")]
internal struct AggregateOnWire
{
    /// <summary>UTF-8.</summary>
    [Id(0)]
    public byte[] Json;

    private static readonly JsonSerializerOptions Options =
        new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public static AggregateOnWire Of<T>(T value) =>
        new() { Json = JsonSerializer.SerializeToUtf8Bytes(value, Options) };

    public readonly T To<T>() => JsonSerializer.Deserialize<T>(Json, Options)
        ?? throw new JsonException($"A {typeof(T).Name} arrived as null.");
}

/// <inheritdoc cref="AggregateOnWire"/>
[RegisterConverter]
internal sealed class AggregateStateConverter : IConverter<AggregateState, AggregateOnWire>
{
    public AggregateState ConvertFromSurrogate(in AggregateOnWire surrogate) => surrogate.To<AggregateState>();

    public AggregateOnWire ConvertToSurrogate(in AggregateState value) => AggregateOnWire.Of(value);
}

/// <inheritdoc cref="AggregateOnWire"/>
[RegisterConverter]
internal sealed class AggregateDeltaConverter : IConverter<AggregateDelta, AggregateOnWire>
{
    public AggregateDelta ConvertFromSurrogate(in AggregateOnWire surrogate) => surrogate.To<AggregateDelta>();

    public AggregateOnWire ConvertToSurrogate(in AggregateDelta value) => AggregateOnWire.Of(value);
}
