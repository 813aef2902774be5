using System.Runtime.CompilerServices;
using System.Text;
using Tributary.Connectors.Configuration;
using Tributary.Connectors.Registry;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Registry;

public sealed class ConnectorRegistryTests : IDisposable
{
    private static readonly string Sample = Path.GetFullPath(
        Path.Combine(
            Path.GetDirectoryName(Here())!, "..", "..", "..", "samples", "connector-folder-metadata", "bin",
            new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0"));

    private readonly string folder = Directory.CreateTempSubdirectory("tributary-libraries-").FullName;
    private readonly List<ConfigError> errors = [];
    private readonly List<string> warnings = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Built_in_connectors_are_found_by_their_types()
    {
        var registry = Load();

        Assert.Equal(["azure-blob", "disk", "http", "s3", "swift"], registry.Types<IContentStoreFactory>());
        Assert.Equal(["http", "redis"], registry.Types<IMetadataStoreFactory>());
        Assert.NotNull(
            registry.CreateContentStore(
                Config.Field(Config.Map(("type", "disk"), ("root", folder)), errors), Config.Services()));
        Assert.Empty(errors);
    }

    [Fact]
    public void An_unknown_type_names_what_was_found_and_all_that_there_are()
    {
        var registry = Load();

        Assert.Null(
            registry.CreateMetadataStore(
                Config.Field(Config.Map(("type", "redus"), ("host", "x")), errors, "meta_store"), Config.Services()));
        Assert.Null(
            registry.CreateMetadataStore(
                Config.Field(Config.Map(("host", "x")), errors, "meta_store"), Config.Services()));
        Assert.Null(registry.CreateMetadataStore(Config.Field(null, errors, "meta_store"), Config.Services()));
        Assert.Equal(
            [
                "test.yml:1: meta_store.type: found \"redus\"; allowed: http, redis.",
                "test.yml:1: meta_store: found a map without type; allowed: a map with a type: http, redis.",
                "test.yml:1: meta_store: found nothing; allowed: a map with a type: http, redis.",
            ],
            errors.Select(error => error.ToString()));
    }

    [Fact]
    public async Task The_sample_library_is_loaded_from_its_folder_and_works()
    {
        var registry = Load(Sample);
        Assert.Equal(["folder", "http", "redis"], registry.Types<IMetadataStoreFactory>());
        await File.WriteAllTextAsync(
            Path.Combine(folder, "cat.tif.json"), """{"camera":"X"}""", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "odd.json"), "[]", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(folder, "link.json"), "/etc/hostname");

        await using var store = registry.CreateMetadataStore(
            Config.Field(Config.Map(("type", "folder"), ("root", folder)), errors), Config.Services());

        Assert.Empty(errors);
        Assert.Empty(warnings);
        Assert.Equal(
            """{"camera":"X"}""",
            Encoding.UTF8.GetString((await store!.ReadAsync("cat.tif", TestContext.Current.CancellationToken)).Span));
        await store.FaultAsync("dog.tif", ConnectorFault.Missing, "metadata_missing");
        foreach (var location in (string[])["odd", "link", "../x", "a//x", "/etc/hostname"])
            Assert.Equal(
                ConnectorFault.Refused,
                (
                    await Assert.ThrowsAsync<ConnectorException>(async () =>
                        await store.ReadAsync(location, TestContext.Current.CancellationToken))
                ).Fault);
    }

    [Fact]
    public void The_sample_library_validates_its_configuration()
    {
        var registry = Load(Sample);

        Assert.Null(
            registry.CreateMetadataStore(Config.Field(Config.Map(("type", "folder")), errors), Config.Services()));
        Assert.Equal(
            "test.yml:1: store.root: found nothing; allowed: the folder that the files lie in.",
            Assert.Single(errors).ToString());
    }

    [Fact]
    public void A_broken_library_is_named_and_the_others_load()
    {
        Copy(Sample, "good");
        Copy(Sample, "broken");
        File.WriteAllText(Path.Combine(folder, "broken", "FolderMetadata.dll"), "this is no library");
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        Directory.CreateDirectory(Path.Combine(folder, "plain"));
        File.Copy(typeof(TheoryAttribute).Assembly.Location, Path.Combine(folder, "plain", "plain.dll"));

        var registry = Load(folder);

        Assert.Equal(["folder", "http", "redis"], registry.Types<IMetadataStoreFactory>());
        Assert.Equal(
            ["FolderMetadata", "empty", "FolderMetadata", "plain"], registry.Libraries.Select(library => library.Name));
        Assert.Equal([false, false, true, false], registry.Libraries.Select(library => library.Error is null));
        Assert.Equal(3, warnings.Count);
        Assert.StartsWith(
            "The connector library FolderMetadata is left out: BadImageFormatException",
            warnings[0],
            StringComparison.Ordinal);
        Assert.Empty(errors);
    }

    [Fact]
    public void Two_libraries_with_one_type_are_an_error()
    {
        Copy(Sample, "one");
        Copy(Sample, "two");

        Load(folder);

        Assert.Equal(
            "test.yml:1: connectors[0]: found the type folder in FolderMetadata, which FolderMetadata has too; "
            + "allowed: libraries whose types are in no other library and not built in.",
            Assert.Single(errors).ToString());
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error()
    {
        Load(Path.Combine(folder, "nowhere"));

        Assert.Contains("connectors[0]: found \"" + folder, Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    private ConnectorRegistry Load(params string[] folders) =>
        ConnectorRegistry.Load(
            Config.Field(folders.Length == 0 ? null : Config.Map(("x", folders)).Fields["x"], errors, "connectors"),
            Config.Services(warnings.Add));

    private void Copy(string from, string name)
    {
        var to = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
