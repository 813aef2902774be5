using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Tributary.Grains.Items;

namespace Tributary.Grains.Tests.Grains;

/// <summary>
/// Grains take time, chance and I/O from outside, and a turn neither waits nor shares memory: nothing in their assembly
/// may name where these come from.
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

    // Tasks, locks, files and sockets by namespace, and what the compiler makes of async methods.
    private static readonly string[] BannedInTurns =
    [
        "System.IO.",
        "System.Net.",
        "System.Threading.",
        "System.TimeProvider",
        "System.Runtime.CompilerServices.Async",
    ];

    private static readonly string[] AllowedInTurns =
    [
        // A method of a grain answers with one, ended.
        "System.Threading.Tasks.ValueTask",
        "System.Threading.Tasks.ValueTask`1",
        // Compares texts, and looks at no file.
        "System.IO.Enumeration.FileSystemName",
    ];

    [Fact]
    public void Grains_name_no_clock_no_chance_and_no_IO()
    {
        Assert.Empty(Banned(typeof(ItemGrain).Assembly));
        Assert.Empty(Banned(typeof(RoundGrain).Assembly));
    }

    [Fact]
    public void Turns_name_no_task_no_lock_and_no_stream() =>
        Assert.Empty(BannedFromTurns(typeof(ItemGrain).Assembly));

    [Fact]
    public void The_search_finds_what_it_looks_for()
    {
        var found = Banned(typeof(PureCoreTests).Assembly).ToList();
        Assert.Contains("System.IO.File", found);
        Assert.Contains("System.Guid.NewGuid", found);

        var foundInTurns = BannedFromTurns(typeof(PureCoreTests).Assembly).ToList();
        Assert.Contains("System.Threading.Tasks.Task", foundInTurns);
        Assert.Contains("System.IO.Stream", foundInTurns);
        Assert.Contains("System.Runtime.CompilerServices.AsyncTaskMethodBuilder", foundInTurns);
    }

    private static IEnumerable<string> Banned(Assembly assembly)
    {
        using var file = Open(assembly);
        var metadata = file.GetMetadataReader();
        var members = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{Name(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}")
            .ToList();
        return [.. Types(metadata).Intersect(BannedTypes), .. members.Intersect(BannedMembers)];
    }

    private static IEnumerable<string> BannedFromTurns(Assembly assembly)
    {
        using var file = Open(assembly);
        return
        [
            .. Types(file.GetMetadataReader())
                .Where(static name => BannedInTurns.Any(start => name.StartsWith(start, StringComparison.Ordinal)))
                .Except(AllowedInTurns),
        ];
    }

    private static PEReader Open(Assembly assembly) => new(File.OpenRead(assembly.Location));

    private static IEnumerable<string> Types(MetadataReader metadata) =>
        metadata.TypeReferences.Select(handle => Name(metadata, handle));

    private static string Name(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }
}
