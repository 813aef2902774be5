using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Tributary.Rounds.Calls;

/// <summary>Makes references out of the proxies that Orleans generates for grain interfaces.</summary>
public interface IRoundProxies
{
    /// <summary>
    /// For each method of the interface, inherited ones included, a factory of the request that its proxy makes.
    /// </summary>
    /// <exception cref="ArgumentException">The interface has no proxy, or a method that a turn cannot be.</exception>
    IReadOnlyDictionary<MethodInfo, Func<IInvokable>> RequestsOf(Type grainInterface);

    /// <summary>A factory, by key, of references whose calls go to <paramref name="sink"/>.</summary>
    Func<string, object> ReferencesOf(Type grainInterface, string grainType, IRequestSink sink);

    /// <summary>The key of the grain that a reference made here is of.</summary>
    string KeyOf(object reference);
}

/// <summary>
/// Where the requests of references go: into the inbox from outside, into the turn's effects from inside.
/// </summary>
public interface IRequestSink
{
    /// <param name="grainType">The name of the grain type.</param>
    /// <param name="reference">What was called: see <see cref="IRoundProxies.KeyOf"/>.</param>
    /// <param name="request">What the proxy made of the call.</param>
    ValueTask<TResult> Send<TResult>(string grainType, object reference, IInvokable request);

    /// <inheritdoc cref="Send{TResult}"/>
    ValueTask Send(string grainType, object reference, IInvokable request);
}

/// <summary>The way into the rounds of a silo.</summary>
public interface IRequestDoor : IRequestSink
{
    /// <summary>
    /// Makes a request of nobody here, and returns what it came to as Orleans sends it; what the turn threw is thrown.
    /// </summary>
    /// <param name="target">Whom it is for.</param>
    /// <param name="request">The call.</param>
    /// <param name="cancellation">The caller's: a request leaves its own behind when it travels.</param>
    ValueTask<Response> Invoke(RoundGrainId target, IInvokable request, CancellationToken cancellation);
}
