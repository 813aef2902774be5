using System.Reflection;
using System.Runtime.Loader;

namespace Tributary.Connectors.Registry;

/// <summary>
/// Loads one library with what lies beside it. The contracts come from the program, so that its types and the library's
/// are the same; everything else a library brings is its own, in its own version.
/// </summary>
internal sealed class LibraryContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    // The contract of connectors, and what it rests on.
    private static readonly string[] Contracts =
        [typeof(IConnectorFactory).Assembly.GetName().Name!, typeof(TributaryException).Assembly.GetName().Name!];

    private readonly AssemblyDependencyResolver resolver = new(path);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        !Contracts.Contains(assemblyName.Name) && resolver.ResolveAssemblyToPath(assemblyName) is { } found
            ? LoadFromAssemblyPath(found)
            : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
}
