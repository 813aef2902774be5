using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tributary.Runtime.Store;

namespace Tributary.Runtime.Calls;

/// <summary>The grain types that a silo can activate, and how their states and arguments are written as JSON.</summary>
public sealed class RoundGrainTypes
{
    private readonly Dictionary<string, RoundGrainType> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, GrainInterface> byInterface = [];

    /// <summary>How arguments of calls are written when a call becomes durable.</summary>
    public static JsonSerializerOptions ArgumentsJson { get; } =
        new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    /// <summary>Adds a grain type with durable state.</summary>
    /// <param name="name">Stored with every grain of the type: never changes.</param>
    /// <param name="table">Where the states are kept.</param>
    /// <param name="version">The version of the state's format that this build writes.</param>
    public RoundGrainTypes Add<TInterface, TGrain, TState>(
        string name, StateTable table, JsonTypeInfo<TState> json, Func<TGrain> create, int version = 1)
        where TInterface : class, IGrainWithStringKey
        where TGrain : RoundGrain<TState>, TInterface
        where TState : class
    {
        Add(typeof(TInterface), new RoundGrainType(name, table, create, version, new StateCodec<TState>(json), new GrainInterface(name, typeof(TInterface))));
        return this;
    }

    /// <summary>Adds a grain type without durable state.</summary>
    public RoundGrainTypes Add<TInterface, TGrain>(string name, Func<TGrain> create)
        where TInterface : class, IGrainWithStringKey
        where TGrain : RoundGrain, TInterface
    {
        Add(typeof(TInterface), new RoundGrainType(name, StateTable.Grains, create, 0, null, new GrainInterface(name, typeof(TInterface))));
        return this;
    }

    internal GrainInterface Interface<TGrain>() =>
        byInterface.TryGetValue(typeof(TGrain), out var found)
            ? found
            : throw new ArgumentException($"No grain type is registered for {typeof(TGrain).Name}.");

    internal bool TryGet(string name, [NotNullWhen(true)] out RoundGrainType? type) => byName.TryGetValue(name, out type);

    private void Add(Type grainInterface, RoundGrainType type)
    {
        if (!byName.TryAdd(type.Name, type))
            throw new ArgumentException($"A grain type named {type.Name} is registered already.");
        byInterface.Add(grainInterface, type.Interface);
    }
}

/// <param name="Codec">Null for a grain without durable state.</param>
internal sealed record RoundGrainType(string Name, StateTable Table, Func<RoundGrain> Create, int Version, StateCodec? Codec, GrainInterface Interface);

/// <summary>Writes and reads states as JSON.</summary>
internal abstract class StateCodec
{
    public abstract byte[] Write(object state);

    public abstract object Read(ReadOnlySpan<byte> bytes);
}

/// <inheritdoc/>
internal sealed class StateCodec<TState>(JsonTypeInfo<TState> json) : StateCodec where TState : class
{
    public override byte[] Write(object state) => JsonSerializer.SerializeToUtf8Bytes((TState)state, json);

    public override object Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, json) ?? throw new JsonException("A stored state is null.");
}
