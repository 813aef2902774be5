using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Tributary.Rounds.Calls;

/// <summary>Makes references out of the proxies that Orleans generates for grain interfaces.</summary>
public interface IRoundProxies
{
    /// <summary>
    /// For each method of the interface, inherited ones included, a factory of the request that its proxy makes.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The interface has no proxy, or has a method that cannot be a turn.
    /// </exception>
    IReadOnlyDictionary<MethodInfo, Func<IInvokable>> RequestsOf(Type grainInterface);

    /// <summary>A factory, by key, of references whose calls go to <paramref name="sink"/>.</summary>
    Func<string, object> ReferencesOf(Type grainInterface, string grainType, IRequestSink sink);

    /// <summary>The key of the grain that a reference of these proxies points to.</summary>
    string KeyOf(object reference);
}

/// <summary>
/// Takes the requests of references: into the inbox from outside, into the turn's effects from inside.
/// </summary>
public interface IRequestSink
{
    /// <param name="grainType">The name of the grain type.</param>
    /// <param name="reference">The reference that was called: see <see cref="IRoundProxies.KeyOf"/>.</param>
    /// <param name="request">The request that the proxy made of the call.</param>
    ValueTask<TResult> Send<TResult>(string grainType, object reference, IInvokable request);

    /// <inheritdoc cref="Send{TResult}"/>
    ValueTask Send(string grainType, object reference, IInvokable request);
}

/// <summary>The way into the rounds of a silo.</summary>
public interface IRequestDoor : IRequestSink
{
    /// <summary>
    /// Makes a request that was not made by a reference of this silo. Returns its outcome as Orleans sends it; throws
    /// what the turn threw.
    /// </summary>
    /// <param name="target">The grain that the request is for.</param>
    /// <param name="request">The call.</param>
    /// <param name="cancellation">The caller's token: a request that travels leaves its own token behind.</param>
    ValueTask<Response> Invoke(RoundGrainId target, IInvokable request, CancellationToken cancellation);
}
