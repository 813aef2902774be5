using PublicApiGenerator;
using Tributary.Rounds.Tests.Tidy;

namespace Tributary.Rounds.Tests.PublicSurface;

/// <summary>
/// The assemblies that authors outside the platform reference: a change of their public types and members shows in the
/// text file of the assembly, beside this class.
/// </summary>
public sealed class PublicSurfaceTests
{
    private const string Folder = "tests/Rounds.Tests/PublicSurface";

    /// <summary>The environment variable that rewrites the files.</summary>
    private const string Accept = "ACCEPT_PUBLIC_SURFACE";

    public static TheoryData<string> Assemblies =>
    [
        "Tributary.Abstractions",
        "Tributary.Plugins.Abstractions",
        "Tributary.Connectors.Abstractions",
        "Tributary.Rounds.Orleans",
        "Tributary.TestingHost",
    ];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_surface_is_as_checked_in(string assembly)
    {
        var path = Path.Combine(Sources.Root, Folder, assembly + ".txt");
        var surface = SurfaceOf(assembly);
        if (Environment.GetEnvironmentVariable(Accept) == "1")
            File.WriteAllText(path, surface);

        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == surface,
            $"The public surface of {assembly} differs from {Folder}/{assembly}.txt: make internal what authors do not "
            + $"need, or run this test with {Accept}=1, read the difference and commit the file. It is now:\n"
            + surface);
    }

    [Fact]
    public void A_public_type_is_in_the_text() =>
        Assert.Contains("public static class FreePort", SurfaceOf("Tributary.TestingHost"), StringComparison.Ordinal);

    // Orleans generates serializers and proxies: they follow from the types, and authors do not name them.
    private static string SurfaceOf(string assembly) =>
        System.Reflection.Assembly.Load(assembly).GeneratePublicApi(new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
            DenyNamespacePrefixes = ["OrleansCodeGen"],
            UseDenyNamespacePrefixesForExtensionMethods = false,
        }).ReplaceLineEndings("\n") + "\n";
}
