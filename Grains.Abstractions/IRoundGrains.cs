using Tributary.Messages;

namespace Tributary;

/// <summary>
/// References to round grains. In an Orleans host, <c>IGrainFactory.GetGrain</c> hands out references that do the same.
/// </summary>
public interface IRoundGrains
{
    /// <summary>
    /// A reference to the grain of this interface and key. Costs no call: a grain exists when it is called. A call
    /// returns after the round that it saw is durable; an exception of the grain's method reaches the caller.
    /// </summary>
    TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey;

    /// <summary>
    /// The same as <c>turn(GetGrain(key), argument)</c>, where nothing but the grain's method is called in
    /// <paramref name="turn"/>. Where the grain is in this process it costs no reference and no request, so this is
    /// the way of messages on their way in.
    /// </summary>
    ValueTask<TResult> Call<TGrain, TArgument, TResult>(
        string key, TArgument argument, Func<TGrain, TArgument, ValueTask<TResult>> turn)
        where TGrain : class, IGrainWithStringKey => turn(GetGrain<TGrain>(key), argument);
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
    /// Adds <paramref name="other"/> to this copy, leaving <paramref name="other"/> as it is. What does not fit makes
    /// it throw before it changes anything.
    /// </summary>
    void Absorb(TSelf other);
}

/// <summary>
/// Marks a grain method with one <see cref="IMergeable{TSelf}"/> argument whose one-way calls are combined.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MergeCallsAttribute : Attribute;

/// <summary>
/// The name under which calls of a grain method are stored when they become durable: the method's own name unless this
/// says another. A method that is renamed keeps its stored name, so that what is stored is still called.
/// </summary>
/// <param name="name">Never changes.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StoredNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>
/// A result that is whole only when the round that made it is durable. The engine completes it before it leaves: what
/// reaches a caller, in this process or another, is a plain value.
/// </summary>
public interface IDeparting
{
    /// <summary>Called once, when the round is durable.</summary>
    void Depart();
}

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
