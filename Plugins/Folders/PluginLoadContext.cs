using System.Reflection;
using System.Runtime.Loader;
using Orleans;

namespace Tributary.Plugins.Folders;

/// <summary>
/// The load context of one plugin's library. The library's dependencies are its own, in any version. The contracts are
/// the program's, and so are Orleans and the interfaces of grains that the program knows: a plugin with a copy of its
/// own would implement or call an interface that the program does not know.
/// </summary>
internal sealed class PluginLoadContext(string library) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(library))
{
    // The contract of plugins, and the assembly with the types of messages that it uses.
    private static readonly string[] Shared =
        [typeof(IPlugin).Assembly.GetName().Name!, typeof(TributaryException).Assembly.GetName().Name!];

    private readonly AssemblyDependencyResolver resolver = new(library);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Null makes the runtime ask the program's own context.
        if (Shared.Contains(assemblyName.Name) || resolver.ResolveAssemblyToPath(assemblyName) is not { } copy)
            return null;
        return IsOfGrains(assemblyName.Name!) ? null : LoadFromAssemblyPath(copy);
    }

    // Orleans marks the assemblies that its generator has seen: its own, and those with interfaces and classes of
    // grains. Asked without a version, so that another version becomes the runtime's error and not a second copy.
    private static bool IsOfGrains(string name)
    {
        try
        {
            return Default.LoadFromAssemblyName(new AssemblyName(name)).IsDefined(typeof(ApplicationPartAttribute));
        }
        catch (Exception error) when (error is IOException or BadImageFormatException)
        {
            return false;
        }
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
