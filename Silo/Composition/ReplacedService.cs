namespace Tributary.Silo.Composition;

/// <summary>Services that an object of ours stands in front of.</summary>
internal static class ReplacedService
{
    /// <summary>Makes the object that a container would have made for this entry.</summary>
    public static T Make<T>(this ServiceDescriptor service, IServiceProvider host) where T : class =>
        (T)(service.ImplementationInstance
            ?? service.ImplementationFactory?.Invoke(host)
            ?? ActivatorUtilities.CreateInstance(host, service.ImplementationType!));
}
