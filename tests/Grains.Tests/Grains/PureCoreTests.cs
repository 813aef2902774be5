using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Tributary.Grains.Items;

namespace Tributary.Grains.Tests.Grains;

/// <summary>
/// Grains take time, chance and I/O from outside: nothing in their assembly may name where those come from.
/// </summary>
public sealed class PureCoreTests
{
    private static readonly string[] BannedTypes =
    [
        "System.IO.File",
        "System.IO.FileStream",
        "System.IO.Directory",
        "System.Random",
        "System.Security.Cryptography.RandomNumberGenerator",
        "System.Threading.Thread",
        "System.Diagnostics.Stopwatch",
        "System.Net.Http.HttpClient",
        "System.Net.Sockets.Socket",
    ];

    private static readonly string[] BannedMembers =
    [
        "System.DateTime.get_Now",
        "System.DateTime.get_UtcNow",
        "System.DateTimeOffset.get_Now",
        "System.DateTimeOffset.get_UtcNow",
        "System.Environment.get_TickCount64",
        "System.Guid.NewGuid",
        "System.Guid.CreateVersion7",
        "System.TimeProvider.get_System",
        "System.Threading.Tasks.Task.Run",
        "System.Threading.Tasks.Task.Delay",
    ];

    [Fact]
    public void Grains_name_no_clock_no_chance_and_no_IO()
    {
        Assert.Empty(Banned(typeof(ItemGrain).Assembly));
        Assert.Empty(Banned(typeof(RoundGrain).Assembly));
    }

    [Fact]
    public void The_search_finds_what_it_looks_for()
    {
        var found = Banned(typeof(PureCoreTests).Assembly).ToList();
        Assert.Contains("System.IO.File", found);
        Assert.Contains("System.Guid.NewGuid", found);
    }

    private static IEnumerable<string> Banned(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        var types = metadata.TypeReferences.Select(handle => Name(metadata, handle)).ToList();
        var members = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{Name(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}")
            .ToList();
        return [.. types.Intersect(BannedTypes), .. members.Intersect(BannedMembers)];
    }

    private static string Name(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }
}
