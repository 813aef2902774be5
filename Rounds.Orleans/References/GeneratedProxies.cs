using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.CodeGeneration;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Configuration;
using Orleans.Serialization.Invocation;
using Orleans.Serialization.Serializers;
using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Orleans.References;

/// <summary>
/// Makes references to round grains from the proxies that Orleans generates for grain interfaces, on a runtime that
/// hands their requests to rounds.
/// </summary>
/// <param name="services">
/// The serializers of the process, with the proxies that were generated for its assemblies.
/// </param>
public sealed class GeneratedProxies(IServiceProvider services) : IRoundProxies
{
    private static readonly Lazy<GeneratedProxies> OfProcess = new(static () =>
        new GeneratedProxies(new ServiceCollection().AddSerializer().BuildServiceProvider()));

    private readonly ConcurrentDictionary<Type, Func<GrainReferenceShared, IdSpan, GrainReference>> constructors =
        new();

    /// <summary>For engines outside an Orleans host: tests, benches, the simulation.</summary>
    public static GeneratedProxies Standalone => OfProcess.Value;

    /// <inheritdoc/>
    public IReadOnlyDictionary<MethodInfo, Func<IInvokable>> RequestsOf(Type grainInterface)
    {
        var recorder = new Recorder();
        var proxy = ConstructorOf(grainInterface)(SharedOf(grainInterface, grainInterface.Name, recorder), default);
        var requests = new Dictionary<MethodInfo, Func<IInvokable>>();
        foreach (var method in grainInterface.GetInterfaces().Prepend(grainInterface).SelectMany(t => t.GetMethods()))
        {
            Check(grainInterface, method);
            var request = recorder.Record(proxy, method);
            requests.Add(method, Expression.Lambda<Func<IInvokable>>(
                Expression.Convert(Expression.New(request.GetType()), typeof(IInvokable))).Compile());
        }

        return requests;
    }

    /// <inheritdoc/>
    public Func<string, object> ReferencesOf(Type grainInterface, string grainType, IRequestSink sink)
    {
        var construct = ConstructorOf(grainInterface);
        var shared = SharedOf(grainInterface, grainType, new RequestRuntime(grainType, sink));
        return key => construct(shared, IdSpan.Create(key));
    }

    /// <inheritdoc/>
    public string KeyOf(object reference) => ((GrainReference)reference).GrainId.Key.ToString() ?? "";

    /// <summary>References of this interface whose calls go to <paramref name="runtime"/>.</summary>
    internal Func<GrainId, GrainReference> ReferencesOf(
        Type grainInterface, GrainType grainType, GrainInterfaceType interfaceType, ushort version,
        IGrainReferenceRuntime runtime)
    {
        var construct = ConstructorOf(grainInterface);
        var shared = SharedOf(grainType, interfaceType, version, runtime);
        return id => construct(shared, id.Key);
    }

    private static void Check(Type grainInterface, MethodInfo method)
    {
        var returned = method.ReturnType;
        var kind = returned.IsGenericType ? returned.GetGenericTypeDefinition() : returned;
        if (method.IsGenericMethod)
            throw Refusal(grainInterface, method, "is generic; allowed: methods with types that are known");
        if (kind != typeof(Task) && kind != typeof(Task<>) && kind != typeof(ValueTask) && kind != typeof(ValueTask<>))
        {
            throw Refusal(
                grainInterface, method,
                $"returns {returned.Name}; allowed: ValueTask, ValueTask<T>, Task and Task<T>, "
                + "because a turn ends in its round");
        }

        if (method.GetCustomAttributes().Any(static attribute => attribute.GetType().Name == "TransactionAttribute"))
            throw Refusal(grainInterface, method, "asks for a transaction; a turn commits in its round");
    }

    private static ArgumentException Refusal(Type grainInterface, MethodInfo method, string reason) =>
        new($"{grainInterface.Name}.{method.Name} cannot be a turn of a round grain: it {reason}.");

    private Func<GrainReferenceShared, IdSpan, GrainReference> ConstructorOf(Type grainInterface) =>
        constructors.GetOrAdd(grainInterface, static (type, proxies) => proxies.NewConstructor(type), this);

    private Func<GrainReferenceShared, IdSpan, GrainReference> NewConstructor(Type grainInterface)
    {
        // A proxy of an inheriting interface implements this interface as well; its own proxy implements the fewest
        // interfaces.
        var proxy = services.GetRequiredService<IOptions<TypeManifestOptions>>().Value.InterfaceProxies
            .Where(type => grainInterface.IsAssignableFrom(type) && typeof(GrainReference).IsAssignableFrom(type))
            .MinBy(static type => type.GetInterfaces().Length)
            ?? throw new ArgumentException(
                $"{grainInterface.Name} has no proxy: its assembly is to reference the package Microsoft.Orleans.Sdk.");
        var shared = Expression.Parameter(typeof(GrainReferenceShared));
        var key = Expression.Parameter(typeof(IdSpan));
        var constructor = proxy.GetConstructor([typeof(GrainReferenceShared), typeof(IdSpan)])
            ?? throw new ArgumentException($"The proxy {proxy.Name} has no constructor of a grain reference.");
        return Expression.Lambda<Func<GrainReferenceShared, IdSpan, GrainReference>>(
            Expression.New(constructor, shared, key), shared, key).Compile();
    }

    private GrainReferenceShared SharedOf(Type grainInterface, string grainType, IGrainReferenceRuntime runtime) =>
        SharedOf(
            GrainType.Create(grainType), GrainInterfaceType.Create(grainInterface.FullName ?? grainInterface.Name), 0,
            runtime);

    private GrainReferenceShared SharedOf(
        GrainType grainType, GrainInterfaceType interfaceType, ushort version, IGrainReferenceRuntime runtime) => new(
        grainType, interfaceType, version, runtime, InvokeMethodOptions.None,
        services.GetRequiredService<CodecProvider>(), services.GetRequiredService<CopyContextPool>(), services);

    /// <summary>
    /// Learns the request type that a proxy makes of a method, by calling the method with default arguments.
    /// </summary>
    private sealed class Recorder : IGrainReferenceRuntime
    {
        private IInvokable? last;

        public IInvokable Record(GrainReference proxy, MethodInfo method)
        {
            last = null;
            method.Invoke(proxy, Array.ConvertAll(method.GetParameters(), static parameter =>
                parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null));
            return last ?? throw new ArgumentException($"The proxy of {method.Name} made no request.");
        }

        public ValueTask<T?> InvokeMethodAsync<T>(
            GrainReference reference, IInvokable request, InvokeMethodOptions options)
        {
            last = request;
            return default;
        }

        public ValueTask InvokeMethodAsync(
            GrainReference reference, IInvokable request, InvokeMethodOptions options)
        {
            last = request;
            return default;
        }

        public void InvokeMethod(GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
            last = request;

        public object Cast(IAddressable grain, Type interfaceType) => throw RequestRuntime.NoCast(interfaceType);
    }
}
