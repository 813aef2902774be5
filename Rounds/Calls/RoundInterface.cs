using System.Collections.Concurrent;
using Orleans.Serialization.Invocation;

namespace Tributary.Rounds.Calls;

/// <summary>A grain interface and its methods.</summary>
internal sealed class RoundInterface
{
    // Shared by all silos of the process: methods depend on the interface alone.
    private static readonly ConcurrentDictionary<Type, RoundMethod[]> Methods = new();

    private readonly Dictionary<Type, RoundMethod> byRequest = [];
    private readonly Dictionary<string, RoundMethod> byName = new(StringComparer.Ordinal);

    // The last method called: most references call one method over and over.
    private volatile RoundMethod? last;

    public RoundInterface(string name, Type type, IRoundProxies proxies)
    {
        Name = name;
        Type = type;
        foreach (var method in Methods.GetOrAdd(type, static (type, proxies) => Read(type, proxies), proxies))
        {
            if (!byName.TryAdd(method.Name, method))
            {
                throw new ArgumentException(
                    $"{type.Name} has two methods named {method.Name}; "
                    + "the names of a grain's methods are stored and must be unique.");
            }

            byRequest.Add(method.RequestType, method);
        }

        if (byName.Values.Count(method => method.Merger is not null) > 1)
        {
            throw new ArgumentException(
                $"{type.Name} has two methods whose calls are merged; "
                + "the calls that wait for a grain are of one method.");
        }
    }

    /// <summary>The name of the grain type.</summary>
    public string Name { get; }

    public Type Type { get; }

    /// <exception cref="ArgumentException">The request is of another interface.</exception>
    public RoundMethod Method(IInvokable request)
    {
        var type = request.GetType();
        if (last is { } seen && seen.RequestType == type)
            return seen;
        return last = byRequest.GetValueOrDefault(type)
            ?? throw new ArgumentException(
                $"The grain type {Name} is called by {Type.Name}, not by {request.GetInterfaceName()}.");
    }

    public RoundMethod? FindMethod(string name) => byName.GetValueOrDefault(name);

    private static RoundMethod[] Read(Type type, IRoundProxies proxies) =>
        [.. proxies.RequestsOf(type).Select(pair => new RoundMethod(pair.Key, pair.Value))];
}
