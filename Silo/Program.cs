using Tributary.Silo;

return await SiloCommand.Create().Parse(args).InvokeAsync();
