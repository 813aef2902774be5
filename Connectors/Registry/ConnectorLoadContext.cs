using System.Reflection;
using System.Runtime.Loader;

namespace Tributary.Connectors.Registry;

/// <summary>
/// The load context of one connector library. The library's dependencies are its own, in any version. The contracts are
/// the program's, so that the program and the library mean the same types.
/// </summary>
internal sealed class ConnectorLoadContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    // The contract of connectors, and the assembly with the types that it uses.
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
