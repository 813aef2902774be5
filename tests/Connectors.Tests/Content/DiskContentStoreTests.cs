using System.Diagnostics;
using Tributary.Connectors.Content;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Content;

public sealed class DiskContentStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tributary-disk-").FullName;
    private readonly string root;
    private readonly IContentStore store;

    public DiskContentStoreTests()
    {
        root = Directory.CreateDirectory(Path.Combine(folder, "root")).FullName;
        File.WriteAllText(Path.Combine(folder, "secret"), "outside");
        Directory.CreateDirectory(Path.Combine(root, "a"));
        File.WriteAllText(Path.Combine(root, "a", "b c.txt"), "inside");
        store = Config.Make(new DiskContentStoreFactory().Create, ("type", "disk"), ("root", root));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_path_is_taken_from_the_root_or_absolute()
    {
        Assert.Equal("inside", await store.TextAsync("a/b c.txt"));
        Assert.Equal("inside", await store.TextAsync(Path.Combine(root, "a", "b c.txt")));
        await using var source = await store.OpenAsync("a/b c.txt", TestContext.Current.CancellationToken);
        Assert.Equal((6, null), (source.Length, source.MediaType));
    }

    [Fact]
    public async Task With_the_root_of_everything_every_absolute_path_is_below_it()
    {
        var all = Config.Make(new DiskContentStoreFactory().Create, ("type", "disk"), ("path", "/"));

        Assert.Equal("outside", await all.TextAsync(Path.Combine(folder, "secret")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../secret")]
    [InlineData("a/../../secret")]
    [InlineData("a/../a/b c.txt")]
    [InlineData("a\0b")]
    [InlineData("/etc/passwd")]
    [InlineData("//etc/passwd")]
    [InlineData("/")]
    public async Task A_path_that_leads_elsewhere_is_refused(string location) =>
        await store.FaultAsync(location, ConnectorFault.Refused, "location_invalid");

    [Fact]
    public async Task A_folder_beside_the_root_whose_name_begins_alike_is_elsewhere()
    {
        Directory.CreateDirectory(root + "2");
        await File.WriteAllTextAsync(root + "2/x", "outside", TestContext.Current.CancellationToken);

        await store.FaultAsync(root + "2/x", ConnectorFault.Refused, "location_invalid");
        foreach (var itself in (string[])[root, root + "/", root + "//"])
            await store.FaultAsync(itself, ConnectorFault.Refused, "location_invalid");
    }

    [Fact]
    public async Task A_link_to_a_folder_beside_the_root_whose_name_begins_alike_leads_out_of_it()
    {
        var beside = Directory.CreateDirectory(root + "base").FullName;
        await File.WriteAllTextAsync(Path.Combine(beside, "x"), "outside", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(root, "file"), Path.Combine(beside, "x"));
        Directory.CreateSymbolicLink(Path.Combine(root, "folder"), beside);

        await store.FaultAsync("file", ConnectorFault.Refused, "content_refused");
        await store.FaultAsync("folder/x", ConnectorFault.Refused, "content_refused");
    }

    [Fact]
    public async Task A_file_that_grows_while_it_is_read_is_not_taken_for_whole()
    {
        var path = Path.Combine(root, "grows");
        await File.WriteAllBytesAsync(path, new byte[1_000], TestContext.Current.CancellationToken);
        await using var source = await store.OpenAsync("grows", TestContext.Current.CancellationToken);
        await using (var file = File.OpenWrite(path))
            file.SetLength(2_000);

        var error = await Assert.ThrowsAsync<ConnectorException>(
            () => source.Stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
        Assert.Equal(ConnectorFault.Unavailable, error.Fault);
    }

    [Fact]
    public async Task Links_may_lead_around_below_the_root_and_not_out_of_it()
    {
        File.CreateSymbolicLink(Path.Combine(root, "in"), "a/b c.txt");
        File.CreateSymbolicLink(Path.Combine(root, "out"), "../secret");
        File.CreateSymbolicLink(Path.Combine(root, "out-absolute"), Path.Combine(folder, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(root, "out-folder"), folder);
        File.CreateSymbolicLink(Path.Combine(root, "circle"), "circle");

        Assert.Equal("inside", await store.TextAsync("in"));
        foreach (var location in (string[])["out", "out-absolute", "out-folder/secret", "circle"])
            await store.FaultAsync(location, ConnectorFault.Refused, "content_refused");
    }

    [Fact]
    public async Task A_root_that_is_a_link_is_where_it_leads()
    {
        Directory.CreateSymbolicLink(Path.Combine(folder, "link"), "root");
        var linked = Config.Make(
            new DiskContentStoreFactory().Create, ("type", "disk"), ("root", Path.Combine(folder, "link")));

        Assert.Equal("inside", await linked.TextAsync("a/b c.txt"));
    }

    [Fact]
    public async Task What_is_no_regular_file_is_refused_and_not_waited_for()
    {
        Process.Start("mkfifo", Path.Combine(root, "pipe")).WaitForExit();
        var all = Config.Make(new DiskContentStoreFactory().Create, ("type", "disk"), ("root", "/"));

        await store.FaultAsync("pipe", ConnectorFault.Refused, "content_refused");
        await store.FaultAsync("a", ConnectorFault.Refused, "content_refused");
        await all.FaultAsync("/dev/zero", ConnectorFault.Refused, "content_refused");
    }

    [Fact]
    public async Task What_is_not_there_is_missing_until_it_is()
    {
        var error = await store.FaultAsync("a/later", ConnectorFault.Missing, "content_missing");
        Assert.Contains("a/later", error.Message, StringComparison.Ordinal);
        await store.FaultAsync("a/b c.txt/x", ConnectorFault.Missing, "content_missing");
        await File.WriteAllTextAsync(Path.Combine(root, "a", "later"), "now", TestContext.Current.CancellationToken);
        Assert.Equal("now", await store.TextAsync("a/later"));
    }

    [Fact]
    public async Task A_root_that_is_not_mounted_is_a_store_that_is_down()
    {
        Directory.Move(root, root + "-gone");

        await store.FaultAsync("a/b c.txt", ConnectorFault.Unavailable, "content_unavailable");
    }

    [Fact]
    public async Task A_file_that_shrinks_while_it_is_read_is_not_taken_for_whole()
    {
        var path = Path.Combine(root, "shrinks");
        await File.WriteAllBytesAsync(path, new byte[100_000], TestContext.Current.CancellationToken);
        await using var source = await store.OpenAsync("shrinks", TestContext.Current.CancellationToken);
        await source.Stream.ReadExactlyAsync(new byte[10], TestContext.Current.CancellationToken);
        await using (var file = File.OpenWrite(path))
            file.SetLength(50);

        var error = await Assert.ThrowsAsync<ConnectorException>(
            () => source.Stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
        Assert.Equal(ConnectorFault.Unavailable, error.Fault);
    }

    [Fact]
    public void Errors_of_the_configuration_are_named_all_at_once()
    {
        Assert.Equal(
            ["test.yml:1: store.rot: found an unknown key; allowed: type, root, path.",
            "test.yml:1: store.root: found nothing; allowed: the folder that content lies in; / for every file of this "
            + "machine that the process may read."],
            Config.Errors(new DiskContentStoreFactory().Create, ("type", "disk"), ("rot", "/data")));
        Assert.Equal(
            ["test.yml:1: store.path: found both root and path; allowed: one of them."],
            Config.Errors(new DiskContentStoreFactory().Create, ("type", "disk"), ("root", "/a"), ("path", "/b")));
    }
}
