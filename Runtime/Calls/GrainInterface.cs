using System.Reflection;

namespace Tributary.Runtime.Calls;

/// <summary>A grain interface and its methods.</summary>
internal sealed class GrainInterface
{
    private readonly Dictionary<MethodInfo, GrainMethod> byInfo = [];
    private readonly Dictionary<string, GrainMethod> byName = new(StringComparer.Ordinal);

    // The last method called, with its description: most references call one method over and over.
    private volatile Tuple<MethodInfo, GrainMethod>? last;

    public GrainInterface(string name, Type type)
    {
        Name = name;
        foreach (var info in type.GetInterfaces().Prepend(type).SelectMany(t => t.GetMethods()))
        {
            var method = GrainMethod.Of(type, info);
            if (!byName.TryAdd(method.Name, method))
                throw new ArgumentException($"{type.Name} has two methods named {method.Name}; the names of a grain's methods are stored and must be unique.");
            byInfo.Add(info, method);
        }

        // A grain collects merged calls in one place.
        if (byName.Values.Count(method => method.Merger is not null) > 1)
            throw new ArgumentException($"{type.Name} has several methods with [MergeCalls]; a grain can have one.");
    }

    /// <summary>The name of the grain type.</summary>
    public string Name { get; }

    public GrainMethod Method(MethodInfo info)
    {
        if (last is { } seen && ReferenceEquals(seen.Item1, info))
            return seen.Item2;
        var method = byInfo[info];
        last = Tuple.Create(info, method);
        return method;
    }

    public GrainMethod? FindMethod(string name) => byName.GetValueOrDefault(name);
}
