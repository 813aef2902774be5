using Tributary.Connectors.Scratch;

namespace Tributary.Connectors.Tests.Scratch;

public sealed class ScratchFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("tributary-scratch-").FullName;
    private readonly List<string> warnings = [];

    [Fact]
    public void What_was_written_is_read_by_many_and_gone_afterwards()
    {
        using var scratch = Open("a");
        string path;
        using (var file = scratch.Create())
        {
            path = file.Path;
            using (var writer = file.Writer)
                writer.Write("content"u8);
            using var first = new StreamReader(file.OpenRead());
            using var second = new StreamReader(file.OpenRead());
            Assert.Equal("content", first.ReadToEnd());
            Assert.Equal("content", second.ReadToEnd());
            Assert.Equal("content", File.ReadAllText(path));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_reader_outlives_its_file()
    {
        using var scratch = Open("a");
        var file = scratch.Create();
        using (var writer = file.Writer)
            writer.Write("content"u8);
        using var reader = new StreamReader(file.OpenRead());
        file.Dispose();
        Assert.Equal("content", reader.ReadToEnd());
    }

    [Fact]
    public void What_a_crash_left_is_deleted_by_the_next_start()
    {
        var left = Path.Combine(root, "scratch-gone");
        Directory.CreateDirectory(left);
        File.WriteAllText(Path.Combine(left, "1"), "leftover");
        File.WriteAllText(left + ".lock", "");

        using var scratch = Open("new");

        Assert.False(Directory.Exists(left));
        Assert.False(File.Exists(left + ".lock"));
        Assert.Empty(warnings);
    }

    [Fact]
    public void The_folder_of_a_living_process_is_left_alone()
    {
        using var living = Open("living");
        using var file = living.Create();
        using (Open("other"))
            Assert.True(File.Exists(file.Path));
        Assert.True(File.Exists(file.Path));
    }

    [Fact]
    public void Nothing_is_left_after_the_end()
    {
        var scratch = Open("a");
        var file = scratch.Create();
        scratch.Dispose();
        file.Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(root));
    }

    [Fact]
    public void A_folder_without_room_is_an_outage_and_not_a_fault_of_the_content()
    {
        using var scratch = Open("a");
        Directory.Delete(Path.Combine(root, "scratch-a"), recursive: true);
        var error = Assert.Throws<ConnectorException>(() => scratch.Create());
        Assert.Equal((ConnectorFault.Unavailable, "scratch_unavailable"), (error.Fault, error.Code));
        Directory.CreateDirectory(Path.Combine(root, "scratch-a"));
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private ScratchFolder Open(string unique) => ScratchFolder.Open(root, unique, warnings.Add);
}
