using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Calls;

/// <summary>The grain types that a silo can activate, and how their states and arguments are written as JSON.</summary>
/// <param name="proxies">Makes the references to these grains.</param>
public sealed class RoundGrainTypes(IRoundProxies proxies)
{
    /// <summary>Members that Orleans offers to activations, with what a round grain has in their place.</summary>
    private static readonly Dictionary<string, string> OfActivations = new(StringComparer.Ordinal)
    {
        ["Orleans.IGrainBase"] = "a class derived from RoundGrain alone",
        ["Orleans.IRemindable"] = "reminders by SetReminder and IReminderOwner",
        ["Orleans.IIncomingGrainCallFilter"] = "call filters of the silo",
        ["Orleans.Runtime.IGrainMigrationParticipant"] = "state, which moves with its partition",
    };

    private readonly Dictionary<string, RoundGrainType> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, RoundInterface> byInterface = [];

    /// <summary>The JSON options of arguments, for calls that become durable.</summary>
    public static JsonSerializerOptions ArgumentsJson { get; } =
        new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    /// <summary>Adds a grain type with durable state.</summary>
    /// <param name="name">Stored with every grain of the type: never changes.</param>
    /// <param name="table">The table that keeps the states.</param>
    /// <param name="version">The version of the state's format that this build writes.</param>
    public RoundGrainTypes Add<TInterface, TGrain, TState>(
        string name, StateTable table, JsonTypeInfo<TState> json, Func<TGrain> create, int version = 1)
        where TInterface : class, IGrainWithStringKey
        where TGrain : RoundGrain<TState>, TInterface
        where TState : class
    {
        Add(new RoundGrainType(
            name, table, create, version, new StateCodec<TState>(json), Interface(name, typeof(TInterface)),
            typeof(TGrain)));
        return this;
    }

    /// <summary>Adds a grain type without durable state.</summary>
    public RoundGrainTypes Add<TInterface, TGrain>(string name, Func<TGrain> create)
        where TInterface : class, IGrainWithStringKey
        where TGrain : RoundGrain, TInterface
    {
        Add(new RoundGrainType(
            name, StateTable.Grains, create, 0, null, Interface(name, typeof(TInterface)), typeof(TGrain)));
        return this;
    }

    /// <exception cref="ArgumentException">No grain type is registered for the interface.</exception>
    internal RoundInterface Interface(Type grainInterface) =>
        byInterface.TryGetValue(grainInterface, out var found)
            ? found
            : throw new ArgumentException($"No grain type is registered for {grainInterface.Name}.");

    /// <summary>A factory, by key, of references to grains of the interface.</summary>
    internal Func<string, object> ReferencesOf(Type grainInterface, IRequestSink sink) =>
        proxies.ReferencesOf(grainInterface, Interface(grainInterface).Name, sink);

    /// <summary>The registered grain types: name, interface and class.</summary>
    public IEnumerable<(string Name, Type Interface, Type Class)> All =>
        byName.Values.Select(static type => (type.Name, type.Interface.Type, type.Class));

    /// <summary>True when a grain type of this name is registered.</summary>
    public bool Contains(string name) => byName.ContainsKey(name);

    /// <summary>True when the registered grain type is called by methods of this interface.</summary>
    public bool IsInterfaceOf(string name, Type declared) => declared.IsAssignableFrom(byName[name].Interface.Type);

    /// <summary>The class of a registered grain type.</summary>
    public Type ClassOf(string name) => byName[name].Class;

    /// <summary>An instance outside any turn: access to its state or to effects throws.</summary>
    public RoundGrain Create(string name) => byName[name].Create();

    /// <summary>The interface of a registered grain type.</summary>
    internal RoundInterface InterfaceOf(string name) => byName[name].Interface;

    internal string KeyOf(object reference) => proxies.KeyOf(reference);

    internal bool TryGet(string name, [NotNullWhen(true)] out RoundGrainType? type) =>
        byName.TryGetValue(name, out type);

    private RoundInterface Interface(string name, Type type) => new(name, type, proxies);

    private void Add(RoundGrainType type)
    {
        foreach (var implemented in type.Class.GetInterfaces())
        {
            if (OfActivations.TryGetValue(implemented.FullName ?? "", out var instead))
            {
                throw new ArgumentException(
                    $"{type.Class.Name} implements {implemented.FullName}, which Orleans calls on activations; "
                    + $"a round grain has none. Allowed: {instead}.");
            }
        }

        if (!byName.TryAdd(type.Name, type))
            throw new ArgumentException($"A grain type named {type.Name} is registered already.");
        byInterface.Add(type.Interface.Type, type.Interface);
    }
}

/// <param name="Codec">Null for a grain without durable state.</param>
/// <param name="Class">The grain's class.</param>
internal sealed record RoundGrainType(
    string Name, StateTable Table, Func<RoundGrain> Create, int Version, StateCodec? Codec, RoundInterface Interface,
    Type Class);

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
