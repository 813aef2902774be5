using System.Reflection;
using System.Runtime.Loader;

namespace Tributary.Plugins.Folders;

/// <summary>
/// The load context of one plugin's library: what it brings along is its own, whatever version others use; the
/// contracts are shared with the program, as a plugin would otherwise implement an interface that nobody here knows.
/// </summary>
internal sealed class PluginLoadContext(string library) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(library))
{
    // The contract of plugins, and the types of messages that it rests on.
    private static readonly string[] Shared =
        [typeof(IPlugin).Assembly.GetName().Name!, typeof(TributaryException).Assembly.GetName().Name!];

    private readonly AssemblyDependencyResolver resolver = new(library);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Null sends the question to the program's own context.
        if (Shared.Contains(assemblyName.Name))
            return null;
        return resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
