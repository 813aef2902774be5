using System.Diagnostics.CodeAnalysis;
using Tributary.Messages;

namespace Tributary;

/// <summary>
/// References to round grains. In an Orleans host, <c>IGrainFactory.GetGrain</c> returns equivalent references.
/// </summary>
public interface IRoundGrains
{
    /// <summary>
    /// A reference to the grain of this interface and key. Makes no call: a grain exists when it is
    /// called. A call returns once the round that it ran in, or whose state it read, is durable; an
    /// exception of the method reaches the caller.
    /// </summary>
    TGrain GetGrain<TGrain>(string key) where TGrain : class, IGrainWithStringKey;

    /// <summary>
    /// The same as <c>turn(GetGrain(key), argument)</c>; <paramref name="turn"/> may call the grain's method and
    /// nothing else. When the grain's partition is in this process, the call needs neither a reference nor a request,
    /// which makes this the path for incoming messages.
    /// </summary>
    /// <param name="again">
    /// Asked when the call ends with an error. It costs a call nothing that succeeds.
    /// </param>
    ValueTask<TResult> Call<TGrain, TArgument, TResult>(
        string key, TArgument argument, Func<TGrain, TArgument, ValueTask<TResult>> turn,
        AnotherAnswer<TArgument, TResult>? again = null)
        where TGrain : class, IGrainWithStringKey
    {
        return again is null ? turn(GetGrain<TGrain>(key), argument) : CallAsync(again);

        async ValueTask<TResult> CallAsync(AnotherAnswer<TArgument, TResult> another)
        {
            try
            {
                return await turn(GetGrain<TGrain>(key), argument);
            }
            catch (Exception error)
            {
                if (!another(error, argument, out var other))
                    throw;
                return await other;
            }
        }
    }

    /// <summary>
    /// True when calls to the grain travel no further than to any other grain, at about this moment: a caller that may
    /// choose a key chooses such a one.
    /// </summary>
    bool IsNear<TGrain>(string key) where TGrain : class, IGrainWithStringKey => true;
}

/// <summary>True when the caller of a call that ended with an error gets another answer instead.</summary>
public delegate bool AnotherAnswer<in TArgument, TResult>(
    Exception error, TArgument argument, [NotNullWhen(true)] out Task<TResult>? other);

/// <summary>
/// An argument whose one-way calls to the same grain and method may be combined into one call within a round. The
/// combination must not depend on order or grouping.
/// </summary>
public interface IMergeable<TSelf> where TSelf : IMergeable<TSelf>
{
    /// <summary>A copy that <see cref="Absorb"/> may change; the original stays as it is.</summary>
    TSelf Fork();

    /// <summary>
    /// Adds <paramref name="other"/> to this copy; <paramref name="other"/> does not change. When the two do not fit
    /// together, this method throws before it changes anything.
    /// </summary>
    void Absorb(TSelf other);
}

/// <summary>
/// Marks a grain method with one <see cref="IMergeable{TSelf}"/> argument whose one-way calls are combined.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MergeCallsAttribute : Attribute;

/// <summary>
/// The name under which durable calls of a grain method are stored; without this attribute, the method's own name. A
/// renamed method keeps its stored name, so that stored calls still find it.
/// </summary>
/// <param name="name">Must never change.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StoredNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>
/// A result that is complete only when the round that made it is durable. The engine completes it before it leaves the
/// silo, so a caller in this process or another gets a plain value.
/// </summary>
public interface IDeparting
{
    /// <summary>Called once, when the round is durable.</summary>
    void Depart();
}

/// <summary>
/// An argument that names the grains and external ids that its turn will touch, so that the engine
/// loads them together before the turn.
/// </summary>
public interface INeeds
{
    /// <summary>The grains that the turn will call.</summary>
    IEnumerable<RoundGrainId> Grains { get; }

    /// <summary>The external id that the turn will look up, or null.</summary>
    ExternalKey? External { get; }

    /// <summary>
    /// The key under which a database from before schema version 5 holds the same external id, or null: see
    /// <see cref="ExternalKey.Unscoped"/>. The engine asks only where such rows are left.
    /// </summary>
    ExternalKey? UnscopedExternal => null;

    /// <summary>True when the key was made for this call, so that the grain cannot have state yet.</summary>
    bool IsNewGrain { get; }

    /// <summary>Roughly the memory that the argument holds, in bytes, for the limits of inboxes and rounds.</summary>
    int SizeBytes { get; }
}
