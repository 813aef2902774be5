namespace Tributary;

/// <summary>A grain interface: methods return <see cref="ValueTask"/> or <see cref="ValueTask{TResult}"/>.</summary>
public interface IGrain;

/// <summary>A grain whose key is a string.</summary>
public interface IGrainWithStringKey : IGrain;

/// <summary>Hands out typed references to grains.</summary>
public interface IGrainFactory
{
    /// <summary>
    /// A reference to the grain of this interface and key. Costs no call: a grain exists when it is called. A call
    /// returns after the round that it saw is durable; an exception of the grain's method reaches the caller.
    /// </summary>
    TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey;
}

/// <summary>
/// An argument whose one-way calls to the same grain and method may be combined into one call within a round.
/// Combining must not depend on order or grouping.
/// </summary>
public interface IMergeable<TSelf> where TSelf : IMergeable<TSelf>
{
    /// <summary>A copy that <see cref="Absorb"/> may change; the original stays as it is.</summary>
    TSelf Fork();

    /// <summary>
    /// Adds <paramref name="other"/> to this copy, leaving <paramref name="other"/> as it is. What does not fit makes it
    /// throw before it changes anything.
    /// </summary>
    void Absorb(TSelf other);
}

/// <summary>Marks a grain method with one <see cref="IMergeable{TSelf}"/> argument whose one-way calls are combined.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MergeCallsAttribute : Attribute;

/// <summary>Marks a grain method that changes nothing and asks for no effects; its calls are a class of work of their own.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;

/// <summary>
/// An argument that knows which other grains and which external ids its turn will touch, so that the engine loads them
/// together, one step ahead of the turn.
/// </summary>
public interface INeeds
{
    /// <summary>The grains that the turn will call.</summary>
    IEnumerable<RoundGrainId> Grains { get; }

    /// <summary>The external id that the turn will look up, or null.</summary>
    ExternalKey? External { get; }

    /// <summary>
    /// The key under which a database before schema version 5 holds the same external id, or null: see <see
    /// cref="ExternalKey.Unscoped"/>. Asked for only where such rows are left.
    /// </summary>
    ExternalKey? UnscopedExternal => null;

    /// <summary>True when the called grain cannot have state yet because its key was made for this call.</summary>
    bool IsNewGrain { get; }

    /// <summary>About how much memory the argument holds, for the limits of inboxes and rounds.</summary>
    int SizeBytes { get; }
}
