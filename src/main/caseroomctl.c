#include <stdio.h>
#include "caseroom/ctl.h"
#include "caseroom/time.h"
#include "caseroom/vault.h"

int main(int argc, char **argv)
{
	int status = 1;
	enum err e = vault_process_start();
	if (e) {
		fprintf(stderr,
		        "caseroomctl: memory for secrets could not be made safe (%s). Nothing was "
		        "opened.\n",
		        err_text(e));
		goto out;
	}
	time_start();
	status = ctl_run(argc, argv);
out:
	return status;
}
